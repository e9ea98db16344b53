import { messageOf, mustPass, nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import { RolloutFailed } from '../engine/errors';
import { type ChangesClients, isPolicy, scalingChanges } from './changes';
import type { ScalingChange } from './diff';
import { alarmEffect, writeAlarm } from './alarmEffect';
import { textsIn } from './definitions';
import { policyEffect, writePolicy } from './policyEffect';

/**
 * Makes or changes the policies and alarms of the settings, and removes those that Forseti made earlier and the
 * settings no longer hold. Unchanged ones are not written. Runs before the rollout, since alarms gate it.
 * @throws RolloutFailed if what the settings ask for cannot be written; Preflight has refused it unless it came since.
 */
export const setScaling = async (
  context: StepContext,
  clients: ChangesClients,
): Promise<{ changes: number }> => {
  const { record, settings, core } = context;
  const place = { stage: core.environment.stage, application: record.application, group: record.group };
  const { changes, existing, problems } = await scalingChanges(settings, place, clients);
  if (problems.length > 0 && record.kind === 'deployment') throw new RolloutFailed(problems.join(' '));
  // In a rollback the fleet has gone back already.
  await core.records.warn(record.deployment, ...problems);
  const policyArns = new Map(existing.policyArns);
  const own = changes.filter(({ kind, name }) => kind !== 'alarm' || !existing.foreignAlarms.has(name));
  for (const wave of waves(own))
    await Promise.all(wave.map((change) => writeOrWarn(context, clients, change, policyArns)));
  return { changes: changes.length };
};

/**
 * Groups of changes that do not depend on each other: an alarm that starts a policy comes after the policy, and a
 * policy is removed after the alarms that started it.
 */
const waves = (changes: readonly ScalingChange[]): ScalingChange[][] => {
  const starts = ({ kind, wrote }: ScalingChange): boolean =>
    kind === 'alarm' && textsIn(wrote, 'AlarmActions').some(isPolicy);
  const removesPolicy = ({ kind, change }: ScalingChange): boolean =>
    kind === 'scaling-policy' && change === 'remove';
  const first = changes.filter((change) => !starts(change) && !removesPolicy(change));
  return [first, changes.filter(starts), changes.filter(removesPolicy)];
};

/**
 * In a rollback nothing may fail after the fleet has gone back: what AWS refuses stays as it is, and is named in a
 * warning. The others are set all the same.
 */
const writeOrWarn: typeof write = async (context, clients, change, policyArns) => {
  try {
    await write(context, clients, change, policyArns);
  } catch (error) {
    const { record, core } = context;
    if (record.kind === 'deployment' || mustPass(error)) throw error;
    await core.records.warn(
      record.deployment,
      `The ${change.kind === 'alarm' ? 'alarm' : 'scaling policy'} ${change.name} of ${record.version} could not be set, and stays as it is (${nameOf(error)}: ${messageOf(error)}). ` +
        'Correct it in the settings, then deploy again.',
    );
  }
};

const write = async (
  context: StepContext,
  clients: ChangesClients,
  { kind, name, before, wrote }: ScalingChange,
  policyArns: Map<string, string>,
): Promise<void> => {
  const { group, application } = context.record;
  const intent = { target: name, before, wrote };
  if (kind === 'alarm') {
    await context.change(alarmEffect, intent, async () => {
      await writeAlarm(clients, application, name, wrote, policyArns);
      return undefined;
    });
    return;
  }
  await context.change(policyEffect, intent, async () => {
    const arn = await writePolicy(clients, group, name, wrote);
    if (arn !== undefined) policyArns.set(name, arn);
    return undefined;
  });
};
