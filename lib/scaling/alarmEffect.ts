import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { tags as tagNames } from '../aws/tags';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import {
  aws,
  type CommandPlace,
  data,
  foundOne,
  jmespath,
  json,
  type Recorded,
  recorded,
  type RepairCommand,
  structures,
} from '../engine/repairCommand';
import { type Definition, textsIn } from './definitions';
import type { ScalingClients } from './existing';
import { policyOf, policyReference } from './wanted';

/** A CloudWatch alarm of the application; null where there is none. */
export interface AlarmShape {
  readonly kind: 'alarm';
  /** Its name. */
  readonly target: string;
  /** It names the policies that it starts, since a policy that is put back may have another ARN. */
  readonly before: Definition | null;
  readonly wrote: Definition | null;
  readonly result: undefined;
}

export const alarmEffect = defineEffect<AlarmShape>('alarm');

export const alarmRepair: EffectRepair<AlarmShape> = {
  of: alarmEffect,
  scope: 'release',
  repair: ({ target, before }, { region, record: { group, application } }) =>
    alarmCommand({ region, group, application, name: target }, before),
};

/** The command that makes such an alarm, or (null) removes it. */
export const alarmCommand = (
  {
    region,
    group,
    application,
    name,
  }: CommandPlace & Record<'group' | 'application' | 'name', Recorded<string>>,
  definition: Definition | null,
): RepairCommand => {
  const place = { region };
  if (definition === null) return aws(place, 'cloudwatch delete-alarms', { '--alarm-names': data(name) });
  // The actions are passed separately: the shell finds the policies' ARNs.
  const rest = Object.fromEntries(Object.entries(definition).filter(([key]) => key !== 'AlarmActions'));
  const actions = textsIn(definition, 'AlarmActions').map((action) => {
    const policy = policyOf(action);
    if (policy === undefined) return data(recorded(action));
    return foundOne(
      place,
      'autoscaling describe-policies',
      { '--auto-scaling-group-name': data(group), '--policy-names': data(recorded(policy)) },
      jmespath`ScalingPolicies[0].PolicyARN`,
    );
  });
  return aws(place, 'cloudwatch put-metric-alarm', {
    '--cli-input-json': json({ AlarmName: name, ...rest }),
    ...(actions.length > 0 && { '--alarm-actions': actions }),
    // This tag marks the alarm as the application's.
    '--tags': structures([{ Key: tagNames.application, Value: application }]),
  });
};

/** Creates, changes or (null) removes an alarm. AWS takes the tags when an alarm is created and ignores them afterwards. */
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
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      ...definition,
      AlarmName: name,
      AlarmActions: textsIn(definition, 'AlarmActions').map((action) => arns.get(action) ?? action),
      Tags: [{ Key: tagNames.application, Value: application }],
    }),
  );
};
