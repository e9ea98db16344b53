import { type Definition, same } from './definitions';
import { readAlarms, readPolicies, type ScalingClients } from './existing';
import { writeAlarm, writePolicy } from './write';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import { asBefore, changedExternally, type Settled, settleBy, undone } from '../engine/settled';

type Defined = Definition | null;

/** What to do with something that is `now`, where we wrote `wrote` over `before`. */
const judge = (effect: Effect, now: Defined): 'write' | Settled => {
  if (same(now, effect.before as Defined)) return asBefore(effect);
  if (same(now, effect.wrote as Defined)) return 'write';
  return changedExternally(
    `The ${effect.kind === 'alarm' ? 'alarm' : 'scaling policy'} ${effect.target} was changed by somebody else since; it stays as it is.`,
  );
};

/** Policies first: an alarm that is put back names the policies that it starts. */
export const putBackScaling = async (
  context: StepContext,
  clients: ScalingClients,
  effects: readonly Effect[],
): Promise<void> => {
  const { group, application } = context.record;
  const policies = effects.filter(({ kind }) => kind === 'scaling-policy');
  const alarms = effects.filter(({ kind }) => kind === 'alarm');
  if (policies.length + alarms.length === 0) return;
  const existing = await readPolicies(clients.autoScaling, group);
  const arns = new Map(existing.policyArns);
  // Without names, AWS would list every alarm of the account.
  const found =
    alarms.length === 0
      ? []
      : await readAlarms(clients.cloudWatch, { AlarmNames: alarms.map(({ target }) => target) }, arns);
  const removing = policies.filter(({ before }) => before === null);
  const writing = policies.filter(({ before }) => before !== null);
  const undoPolicy = (effect: Effect) =>
    settleBy(context, effect, async () => {
      const judged = judge(effect, existing.policies[effect.target] ?? null);
      if (judged !== 'write') return judged;
      await context.guard();
      const arn = await writePolicy(clients, group, effect.target, effect.before as Defined);
      if (arn !== undefined) arns.set(effect.target, arn);
      return undone;
    });
  const undoAlarm = (effect: Effect) =>
    settleBy(context, effect, async () => {
      const now = found.find(({ name }) => name === effect.target)?.definition ?? null;
      const judged = judge(effect, now);
      if (judged !== 'write') return judged;
      await context.guard();
      await writeAlarm(clients, application, effect.target, effect.before as Defined, arns);
      return undone;
    });
  await Promise.all(writing.map(undoPolicy));
  await Promise.all(alarms.map(undoAlarm));
  await Promise.all(removing.map(undoPolicy));
};
