import type { ActEnd } from '../engine/compensating';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { asBefore, changedExternally, type Settled, settleBy, undone } from '../engine/settled';
import { alarmEffect, alarmRepair, type AlarmShape, writeAlarm } from './alarmEffect';
import { type Definition, same } from './definitions';
import { readAlarms, readPolicies, type ScalingClients } from './existing';
import { policyEffect, policyRepair, type PolicyShape, writePolicy } from './policyEffect';

/** Whether to write the former value back, given what is there `now`. */
const judgeChange = (
  effect: Effect<AlarmShape> | Effect<PolicyShape>,
  now: Definition | null,
): 'write' | Settled => {
  if (same(now, effect.before)) return asBefore(effect);
  if (same(now, effect.wrote)) return 'write';
  return changedExternally(
    `The ${effect.kind === 'alarm' ? 'alarm' : 'scaling policy'} ${effect.target} was changed by somebody else since; it stays as it is.`,
  );
};

/**
 * Policies are put back first: an alarm that is put back names the policies that it starts. Policies that we made are
 * removed last.
 */
export const putBackScaling = async (
  context: StepContext,
  clients: ScalingClients,
  effects: readonly Effect[],
): Promise<ActEnd> => {
  const { group, application } = context.record;
  const policies = effects.filter((effect) => policyEffect.is(effect));
  const alarms = effects.filter((effect) => alarmEffect.is(effect));
  if (policies.length + alarms.length === 0) return {};
  const existing = await readPolicies(clients.autoScaling, group);
  const arns = new Map(existing.policyArns);
  // Without names, AWS would list every alarm of the account.
  const listed =
    alarms.length === 0
      ? []
      : await readAlarms(clients.cloudWatch, { AlarmNames: alarms.map(({ target }) => target) }, arns);
  const undoPolicy = (effect: Effect<PolicyShape>) =>
    settleBy(context, policyRepair, effect, async () => {
      const judged = judgeChange(effect, existing.policies[effect.target] ?? null);
      if (judged !== 'write') return judged;
      await context.guard();
      const arn = await writePolicy(clients, group, effect.target, effect.before);
      if (arn !== undefined) arns.set(effect.target, arn);
      return undone;
    });
  const undoAlarm = (effect: Effect<AlarmShape>) =>
    settleBy(context, alarmRepair, effect, async () => {
      const now = listed.find(({ name }) => name === effect.target)?.definition ?? null;
      const judged = judgeChange(effect, now);
      if (judged !== 'write') return judged;
      await context.guard();
      await writeAlarm(clients, application, effect.target, effect.before, arns);
      return undone;
    });
  await Promise.all(policies.filter(({ before }) => before !== null).map(undoPolicy));
  await Promise.all(alarms.map(undoAlarm));
  await Promise.all(policies.filter(({ before }) => before === null).map(undoPolicy));
  return {};
};
