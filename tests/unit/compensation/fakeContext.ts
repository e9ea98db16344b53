import type { StepContext } from '../../../lib/engine/context';
import type { Core } from '../../../lib/engine/core';
import type { Effect, EffectShape, EffectState, Intent } from '../../../lib/engine/effect';
import type { EffectKind } from '../../../lib/engine/effectKind';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { applicationSchema } from '../../../lib/application/schema';

/** 2026-11-22T08:00:00Z */
export const now = Date.UTC(2026, 10, 22, 8);

export const settingsOf = (more: object = {}) =>
  applicationSchema.parse({
    group: 'web',
    provisioning: { source: { s3: 's3://playbooks/api.tar.gz' } },
    ...more,
  });

export const recordOf = (more: Partial<DeploymentRecord> = {}): DeploymentRecord => ({
  deployment: 'api-v2-1',
  item: 'record',
  kind: 'deployment',
  application: 'api',
  version: 'v2',
  strategy: 'deploy-and-snapshot',
  rollout: 'instance-refresh',
  extraVars: {},
  execution: 'arn:aws:states:eu-west-1:123456789012:execution:forseti-test-deploy:api-v2-1',
  group: 'web',
  settings: settingsOf(),
  settingsVersion: 1,
  acceptedAt: now - 600_000,
  fence: 3,
  baseline: { version: 'v1', image: 'ami-1', launchTemplate: { id: 'lt-1', version: '4' } },
  launchTemplate: { id: 'lt-1', version: '5' },
  ...more,
});

/** An effect as in the journal, with payloads as its kind writes them. */
export const effectOf = <Shape extends EffectShape>(
  { kind }: EffectKind<Shape>,
  given: Intent<Shape> & Partial<Effect<Shape>>,
): Effect<Shape> => ({
  deployment: 'api-v2-1',
  item: `effect#${kind}#${given.target}`,
  kind,
  step: 'Rollout',
  state: 'done',
  intendedAt: now - 300_000,
  ...given,
});

/** A step's context with a map as its journal. It counts the reads of the lock. */
export interface FakeContext extends StepContext {
  readonly effects: Map<string, Effect>;
  readonly halts: string[];
  guards: number;
}

export const contextOf = (
  options: { record?: DeploymentRecord; effects?: readonly Effect[]; now?: () => number } = {},
): FakeContext => {
  const record = options.record ?? recordOf();
  const effects = new Map((options.effects ?? []).map((effect) => [effect.item, effect]));
  const halts: string[] = [];
  const settle = (effect: Effect, state: EffectState, more: object = {}) => {
    effects.set(effect.item, { ...(effects.get(effect.item) ?? effect), state, ...more });
    return Promise.resolve();
  };
  const intend = <Shape extends EffectShape>(
    _: string,
    step: string,
    kind: EffectKind<Shape>,
    intent: Intent<Shape>,
  ) => {
    const fresh: Effect<Shape> = effectOf(kind, { ...intent, step, state: 'intended' });
    const found = effects.get(fresh.item);
    if (!found) effects.set(fresh.item, fresh);
    return Promise.resolve({ effect: found && kind.is(found) ? found : fresh, again: found !== undefined });
  };
  const core = {
    environment: { stage: 'test', region: 'eu-west-1' },
    clock: options.now ?? (() => now),
    effects: {
      intend,
      settle,
      list: () => Promise.resolve([...effects.values()].sort((a, b) => a.intendedAt - b.intendedAt)),
      find: (_: string, { kind }: EffectKind, target: string) =>
        Promise.resolve(effects.get(`effect#${kind}#${target}`)),
    },
    records: {
      set: () => Promise.resolve(),
      warn: () => Promise.resolve(),
      step: () => Promise.resolve(undefined),
    },
    locks: {
      halt: (_: object, { reason }: { reason: string }) => {
        halts.push(reason);
        return Promise.resolve();
      },
    },
  } as unknown as Core;
  const context: FakeContext = {
    state: 'Rollout',
    record,
    settings: record.settings,
    core,
    effects,
    halts,
    guards: 0,
    guard: () => {
      context.guards += 1;
      return Promise.resolve();
    },
    change: async (kind, intent, action) => {
      const { effect, again } = await intend(record.deployment, context.state, kind, intent);
      if (effect.state === 'done') return effect.result;
      await context.guard();
      const result = await action(effect, again);
      await settle(effect, 'done', { result });
      return result;
    },
  };
  return context;
};

/** `save` as the engine provides it: the memo contains the saved values at once. */
export const saving =
  <M extends object>(memo: M) =>
  (change: Partial<M>): Promise<void> => {
    Object.assign(memo, change);
    return Promise.resolve();
  };
