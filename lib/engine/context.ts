import type { ApplicationSettings } from '../application/schema';
import type { Core } from './core';
import type { Effect, EffectShape, Intent } from './effect';
import type { EffectKind } from './effectKind';
import { intendGuarded } from './effects';
import { DeploymentClosed, InvalidRequest, LockLost } from './errors';
import type { Hold } from './lockItem';
import type { DeploymentRecord } from './record';

/** What a step of a deployment is given. */
export interface StepContext {
  /** The state's name. */
  readonly state: string;
  readonly record: DeploymentRecord;
  readonly settings: ApplicationSettings;
  readonly core: Core;
  /** Reads lock, fence and halt flag. Call it just before a change that {@link StepContext.change} does not cover. */
  guard(): Promise<void>;
  /**
   * Makes one change in AWS: writes the intent, checks the lock, runs the action, and notes the effect as done with the
   * action's result. A change that is done already is not repeated: its first result is returned. After a crash between
   * the action and the note, the action runs again with `again` set. It must then check what exists before it acts.
   */
  change<Shape extends EffectShape>(
    kind: EffectKind<Shape>,
    intent: Intent<Shape>,
    action: (effect: Effect<Shape>, again: boolean) => Promise<Shape['result']>,
  ): Promise<Shape['result']>;
}

export interface ContextOptions {
  /** Steps of the compensation go on in spite of a halt. */
  readonly undoing?: boolean;
  /** Says whether the step also has work for a record that is closed. */
  readonly closedToo?: (record: DeploymentRecord) => boolean;
  /** Steps that run before the deployment has the lock. */
  readonly lockless?: boolean;
  /**
   * Tries the state's calls with `DryRun`, under the state's own role, for Preflight. Returns what is wrong, or
   * undefined.
   */
  readonly dryRun?: (context: StepContext) => Promise<string | undefined>;
}

/**
 * @throws DeploymentClosed if the record is closed (a redrive, a late retry), LockLost if a forward step's execution has
 *   ended and is being repaired (a redrive), InvalidRequest if there is none.
 */
export const openRecord = async (
  core: Core,
  deployment: string,
  { closedToo, undoing = false }: Pick<ContextOptions, 'closedToo' | 'undoing'> = {},
): Promise<DeploymentRecord> => {
  const record = await core.records.find(deployment);
  if (!record) throw new InvalidRequest(`There is no record of deployment ${deployment}.`);
  if (record.closedAt !== undefined && closedToo?.(record) !== true)
    throw new DeploymentClosed(
      `Deployment ${deployment} ended as ${record.outcome ?? 'closed'}: a step of it changes nothing any more. Start a new one.`,
    );
  // Before it writes any intent: the repair may be past the phase that would find it.
  if (record.mendedBy !== undefined && record.closedAt === undefined && !undoing)
    throw new LockLost(
      `Deployment ${deployment} is being repaired by ${record.mendedBy}: a step of it changes nothing any more. Wait for its end, then start a new one.`,
    );
  return record;
};

/**
 * The hold under which the fleet is changed. Steps forward use the record's own. The compensation uses that of the
 * execution that took over from a stopped one, so that the stopped execution's steps change nothing any more.
 */
export const holdOf = (record: DeploymentRecord, undoing = false): Hold => ({
  fleet: record.group,
  ...((undoing ? record.holder : undefined) ?? { owner: record.execution, fence: record.fence ?? 0 }),
});

export const makeContext = (
  core: Core,
  state: string,
  record: DeploymentRecord,
  options: ContextOptions = {},
): StepContext => {
  const guard = () => core.locks.guard(holdOf(record, options.undoing), options.undoing);
  return {
    state,
    record,
    settings: record.settings,
    core,
    guard,
    change: async (kind, intent, action) => {
      const { effect, again } = await intendGuarded(
        core.effects,
        () => core.effects.intend(record.deployment, state, kind, intent),
        guard,
      );
      if (effect.state === 'done') return effect.result;
      const result = await action(effect, again);
      await core.effects.settle(effect, 'done', { result });
      return result;
    },
  };
};
