import type { Table } from '../aws/table';
import type { Effect, EffectShape, EffectState, Intent } from './effect';
import type { EffectKind } from './effectKind';
import { currentFormat, inCurrentFormat } from './format';

/** What is noted with an effect's new state. */
export interface EffectNotes<Shape extends EffectShape = EffectShape> {
  readonly result?: Shape['result'];
  readonly note?: string;
  readonly mend?: string;
}

/** An intent, and whether an earlier try has written it. */
export interface Intended<Shape extends EffectShape> {
  readonly effect: Effect<Shape>;
  readonly again: boolean;
}

const itemOf = (kind: string, target: string): string => `effect#${kind}#${target}`;

const readEffect = (effect: Effect): Effect =>
  inCurrentFormat(effect, `Effect ${effect.kind} of ${effect.target} of ${effect.deployment}`);

/**
 * The journal of a deployment's effects. An intent is written before its call, so that the compensation knows what to
 * check after a crash.
 */
export class Effects {
  constructor(
    private readonly table: Table<Effect>,
    private readonly clock: () => number,
  ) {}

  /** Writes the intent. If it exists already (a retry: `again`), returns the first one, whose `before` is the true one. */
  async intend<Shape extends EffectShape>(
    deployment: string,
    step: string,
    kind: EffectKind<Shape>,
    { target, before, wrote }: Intent<Shape>,
  ): Promise<Intended<Shape>> {
    const effect: Effect<Shape> = {
      deployment,
      item: itemOf(kind.kind, target),
      format: currentFormat,
      kind: kind.kind,
      target,
      before,
      wrote,
      step,
      state: 'intended',
      intendedAt: this.clock(),
    };
    const written = await this.table.put(effect, { expression: 'attribute_not_exists(deployment)' });
    const found = written.done || !written.found ? undefined : readEffect(written.found);
    return { effect: found && kind.is(found) ? found : effect, again: !written.done };
  }

  async settle<Shape extends EffectShape>(
    effect: Effect<Shape>,
    state: EffectState,
    notes: EffectNotes<Shape> = {},
  ): Promise<void> {
    const given = Object.entries(notes).filter(([, value]) => value !== undefined);
    await this.table.update(
      { deployment: effect.deployment, item: effect.item },
      {
        expression: `SET #state = :state${given.map(([name]) => `, #${name} = :${name}`).join('')}`,
        names: { '#state': 'state', ...Object.fromEntries(given.map(([name]) => [`#${name}`, name])) },
        values: { ':state': state, ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])) },
      },
    );
  }

  async find<Shape extends EffectShape>(
    deployment: string,
    kind: EffectKind<Shape>,
    target: Shape['target'],
  ): Promise<Effect<Shape> | undefined> {
    const item = await this.table.get({ deployment, item: itemOf(kind.kind, target) });
    const effect = item && readEffect(item);
    return effect && kind.is(effect) ? effect : undefined;
  }

  /** All effects, the oldest first. @throws UnknownFormat, since the compensation must not skip an effect. */
  async list(deployment: string): Promise<Effect[]> {
    const effects = await this.table.query({
      expression: 'deployment = :deployment AND begins_with(#item, :effect)',
      names: { '#item': 'item' },
      values: { ':deployment': deployment, ':effect': 'effect#' },
    });
    return effects.map(readEffect).sort((a, b) => a.intendedAt - b.intendedAt || (a.item < b.item ? -1 : 1));
  }
}

/**
 * Writes an intent and checks the guard, in parallel. If the guard refuses, nothing was done of an intent that is new: it
 * is void. The compensation may have passed the phase that would find so.
 * @throws what the guard throws.
 */
export const intendGuarded = async <Shape extends EffectShape>(
  journal: Pick<Effects, 'settle'>,
  intend: () => Promise<Intended<Shape>>,
  guard: () => Promise<void>,
): Promise<Intended<Shape>> => {
  const [intended, guarded] = await Promise.allSettled([intend(), guard()]);
  if (guarded.status === 'rejected') {
    if (intended.status === 'fulfilled' && !intended.value.again)
      await journal.settle(intended.value.effect, 'void').catch(() => undefined);
    throw guarded.reason;
  }
  if (intended.status === 'rejected') throw intended.reason;
  return intended.value;
};
