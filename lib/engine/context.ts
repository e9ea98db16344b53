import type { ApplicationSettings } from '../application/schema';
import type { Core } from './core';
import type { Effect, EffectShape, Intent } from './effect';
import type { EffectKind } from './effectKind';
import { DeploymentClosed, InvalidRequest } from './errors';
import type { Hold } from './lockItem';
import type { DeploymentRecord } from './record';

/** What a step of a deployment is given. */
export interface StepContext {
  /** The state's name. */
  readonly state: string;
  readonly record: DeploymentRecord;
  readonly settings: ApplicationSettings;
  readonly core: Core;
  /** Reads lock, fence and halt flag; to be called just before a change that no {@link StepContext.change} covers. */
  guard(): Promise<void>;
  /**
   * One change of the world: the intent is written, the lock is checked, the action runs, the effect is noted as done
   * with what the action answered. A change that is done already is not done again: its first result is the answer.
   * After a death between the call and the note the action runs again (`again`), so it must look before it acts then.
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
  /** The step has something to do for a record that is closed, too. */
  readonly closedToo?: (record: DeploymentRecord) => boolean;
  /** Steps that come before the lock, and wait for it. */
  readonly lockless?: boolean;
  /** Tries the state's calls with `DryRun`, under the state's own role, for Preflight. Answers what is wrong, or undefined. */
  readonly dryRun?: (context: StepContext) => Promise<string | undefined>;
}

/** @throws DeploymentClosed when the record is closed (a redrive, a late retry), InvalidRequest when there is none. */
export const openRecord = async (
  core: Core,
  deployment: string,
  { closedToo }: Pick<ContextOptions, 'closedToo'> = {},
): Promise<DeploymentRecord> => {
  const record = await core.records.find(deployment);
  if (!record) throw new InvalidRequest(`There is no record of deployment ${deployment}.`);
  if (record.closedAt !== undefined && closedToo?.(record) !== true)
    throw new DeploymentClosed(
      `Deployment ${deployment} ended as ${record.outcome ?? 'closed'}: a step of it changes nothing any more. Start a new one.`,
    );
  return record;
};

/**
 * The hold under which the fleet is changed: the record's own for the steps forward; for the compensation that of
 * whoever has taken it over from an execution that was stopped. So nothing of that execution goes forward any more.
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
      // Side by side: an intent that the guard refuses is found to be void by the compensation.
      const [{ effect, again }] = await Promise.all([
        core.effects.intend(record.deployment, state, kind, intent),
        guard(),
      ]);
      if (effect.state === 'done') return effect.result;
      const result = await action(effect, again);
      await core.effects.settle(effect, 'done', { result });
      return result;
    },
  };
};
