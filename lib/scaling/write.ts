import { DeletePolicyCommand, PutScalingPolicyCommand } from '@aws-sdk/client-auto-scaling';
import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { tags as tagNames } from '../aws/tags';
import type { Definition } from './definitions';
import type { ScalingClients } from './existing';
import { policyReference } from './wanted';

/** Makes, changes or (null) removes a policy. @returns its ARN. */
export const writePolicy = async (
  { autoScaling }: Pick<ScalingClients, 'autoScaling'>,
  group: string,
  name: string,
  definition: Definition | null,
): Promise<string | undefined> => {
  const named = { AutoScalingGroupName: group, PolicyName: name };
  if (definition === null) {
    await autoScaling.send(new DeletePolicyCommand(named));
    return undefined;
  }
  const { PolicyARN: arn } = await autoScaling.send(new PutScalingPolicyCommand({ ...definition, ...named }));
  return arn;
};

/** Makes, changes or (null) removes an alarm. AWS takes the tags when an alarm is made and ignores them afterwards. */
export const writeAlarm = async (
  { cloudWatch }: Pick<ScalingClients, 'cloudWatch'>,
  application: string,
  name: string,
  definition: Definition | null,
  policyArns: ReadonlyMap<string, string>,
): Promise<void> => {
  if (definition === null) {
    await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
    return;
  }
  const arns = new Map([...policyArns].map(([policy, arn]) => [policyReference(policy), arn]));
  const actions = ((definition['AlarmActions'] ?? []) as string[]).map(
    (action) => arns.get(action) ?? action,
  );
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      ...definition,
      AlarmName: name,
      AlarmActions: actions,
      Tags: [{ Key: tagNames.application, Value: application }],
    }),
  );
};
