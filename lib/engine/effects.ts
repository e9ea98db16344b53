import type { Table } from '../aws/table';

/** Everything that a deployment changes and may have to undo. */
export const effectKinds = [
  'processes', // target: group; before: names suspended already; wrote: names that we suspended
  'instance-tags', // target: instance; before, wrote: tag to value, null where there is none
  'command', // target: what runs where; wrote: {commandId}
  'standby', // target: instance
  'group-size', // target: "GROUP MinSize" or "GROUP MaxSize"; before, wrote: numbers
  'group-launch-template', // target: group; before, wrote: launch template id and version
  'protection', // target: instance; before, wrote: booleans
  'image', // target: image name; wrote: {imageId, region}
  'launch-template-version', // target: launch template id; wrote: {id, version}
  'scaling-policy', // target: policy name; before, wrote: definitions, null where there is none
  'alarm', // target: alarm name; before, wrote: definitions, null where there is none
  'refresh', // target: group, "GROUP rest", "GROUP restore"; wrote: the launch template version; result: {refreshId}
  'builder', // target: deployment; wrote: {instanceId}
] as const;
export type EffectKind = (typeof effectKinds)[number];

/**
 * `intended`: may or may not have happened. `done`: happened. `undone`: put back. `void`: never happened.
 * `foreign`: somebody else changed it meanwhile, left as it is. `left`: could not be put back.
 * `kept`: superseded by the deployment's success, nothing to undo any more. `handed`: left to the rollback that halted
 * the deployment. `spare`: kept for a while, so that the deployment can be resumed from it.
 */
export type EffectState =
  'intended' | 'done' | 'undone' | 'void' | 'foreign' | 'left' | 'kept' | 'handed' | 'spare';

/** Item `effect#KIND#TARGET` of a deployment. */
export interface Effect {
  readonly deployment: string;
  readonly item: string;
  readonly kind: EffectKind;
  readonly target: string;
  readonly step: string;
  readonly before: unknown;
  readonly wrote: unknown;
  /** What AWS answered, as far as an undo needs it: ids. */
  readonly result?: unknown;
  readonly state: EffectState;
  readonly intendedAt: number;
  /** Why it is left or foreign, in a sentence. */
  readonly note?: string;
  /** The command with which a person mends what is left. */
  readonly mend?: string;
}

/** May have happened, and has not been dealt with. */
export const isOpen = ({ state }: Pick<Effect, 'state'>): boolean => state === 'done' || state === 'intended';

export type EffectSpec = Pick<Effect, 'kind' | 'target' | 'before' | 'wrote'>;

/**
 * The journal of a deployment's effects. An intent is written before its call, so that whatever dies in between, the
 * compensation knows where to look.
 */
export class Effects {
  constructor(
    private readonly table: Table<Effect>,
    private readonly clock: () => number,
  ) {}

  /**
   * Writes the intent; if it stands already (a retry: `again`), answers with the first one, whose `before` is the true
   * one.
   */
  async intend(
    deployment: string,
    step: string,
    spec: EffectSpec,
  ): Promise<{ readonly effect: Effect; readonly again: boolean }> {
    const effect: Effect = {
      deployment,
      item: `effect#${spec.kind}#${spec.target}`,
      ...spec,
      step,
      state: 'intended',
      intendedAt: this.clock(),
    };
    const written = await this.table.put(effect, { expression: 'attribute_not_exists(deployment)' });
    return written.done ? { effect, again: false } : { effect: written.found ?? effect, again: true };
  }

  async settle(
    effect: Effect,
    state: EffectState,
    more: { result?: unknown; note?: string; mend?: string } = {},
  ): Promise<void> {
    const given = Object.entries(more).filter(([, value]) => value !== undefined);
    await this.table.update(
      { deployment: effect.deployment, item: effect.item },
      {
        expression: `SET #state = :state${given.map(([name]) => `, #${name} = :${name}`).join('')}`,
        names: { '#state': 'state', ...Object.fromEntries(given.map(([name]) => [`#${name}`, name])) },
        values: { ':state': state, ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])) },
      },
    );
  }

  async find(deployment: string, kind: EffectKind, target: string): Promise<Effect | undefined> {
    return this.table.get({ deployment, item: `effect#${kind}#${target}` });
  }

  /** All effects, the oldest first. */
  async list(deployment: string): Promise<Effect[]> {
    const effects = await this.table.query({
      expression: 'deployment = :deployment AND begins_with(#item, :effect)',
      names: { '#item': 'item' },
      values: { ':deployment': deployment, ':effect': 'effect#' },
    });
    return effects.sort((a, b) => a.intendedAt - b.intendedAt || (a.item < b.item ? -1 : 1));
  }
}
