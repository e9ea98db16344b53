import { type AutoScalingClient, paginateDescribePolicies } from '@aws-sdk/client-auto-scaling';
import {
  type CloudWatchClient,
  ListTagsForResourceCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { findAlarms } from '../aws/alarms';
import { tags as tagNames } from '../aws/tags';
import { alarmDefinition, type Definition, policyDefinition } from './definitions';
import { alarmName, policyName } from './names';
import { policyReference } from './wanted';

export interface ScalingClients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
}

/** Forseti's own policies and alarms as they are, and the ARNs of the group's policies by name. */
export interface Existing {
  readonly policies: Readonly<Record<string, Definition>>;
  readonly alarms: Readonly<Record<string, Definition>>;
  /** Alarms under our prefix that belong to another application (`api` and `api-web` share a beginning). */
  readonly foreignAlarms: ReadonlySet<string>;
  readonly policyArns: ReadonlyMap<string, string>;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA` of every alarm under our prefix. */
  readonly states: ReadonlyMap<string, string>;
}

/** Whether an alarm's name alone shows that it is the application's own. */
export type OwnerKnown = (alarmName: string) => boolean;

export const readPolicies = async (
  autoScaling: AutoScalingClient,
  group: string,
): Promise<Pick<Existing, 'policies' | 'policyArns'>> => {
  const policies: Record<string, Definition> = {};
  const policyArns = new Map<string, string>();
  for await (const page of paginateDescribePolicies({ client: autoScaling }, { AutoScalingGroupName: group }))
    for (const policy of page.ScalingPolicies ?? []) {
      const name = policy.PolicyName ?? '';
      policyArns.set(name, policy.PolicyARN ?? '');
      if (name.startsWith(policyName(''))) policies[name] = policyDefinition(policy);
    }
  return { policies, policyArns };
};

/** An alarm's definition. The policies that it starts are given by name if they exist. */
const namedDefinition = (alarm: MetricAlarm, policyArns: ReadonlyMap<string, string>): Definition => {
  const names = new Map([...policyArns].map(([name, arn]) => [arn, policyReference(name)]));
  return alarmDefinition({
    ...alarm,
    AlarmActions: (alarm.AlarmActions ?? []).map((action) => names.get(action) ?? action),
  });
};

type Where = { AlarmNamePrefix: string } | { AlarmNames: string[] };

interface NamedAlarm {
  readonly name: string;
  readonly arn: string;
  readonly definition: Definition;
}

const namedAlarm = (alarm: MetricAlarm, policyArns: ReadonlyMap<string, string>): NamedAlarm => ({
  name: alarm.AlarmName ?? '',
  arn: alarm.AlarmArn ?? '',
  definition: namedDefinition(alarm, policyArns),
});

export const readAlarms = async (
  cloudWatch: CloudWatchClient,
  where: Where,
  policyArns: ReadonlyMap<string, string>,
): Promise<NamedAlarm[]> =>
  // Forseti makes metric alarms only.
  (await findAlarms(cloudWatch, where)).metric.map((alarm) => namedAlarm(alarm, policyArns));

const applicationOf = async (cloudWatch: CloudWatchClient, arn: string): Promise<string | undefined> => {
  const { Tags: tags = [] } = await cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
  return tags.find(({ Key }) => Key === tagNames.application)?.Value;
};

/** The prefix alone does not say which application owns an alarm: the tag does. */
export const readExisting = async (
  { autoScaling, cloudWatch }: ScalingClients,
  { stage, application, group }: { stage: string; application: string; group: string },
  known: OwnerKnown = () => false,
): Promise<Existing> => {
  const [{ policies, policyArns }, { metric: alarms, composite }] = await Promise.all([
    readPolicies(autoScaling, group),
    findAlarms(cloudWatch, { AlarmNamePrefix: alarmName(stage, application, '') }),
  ]);
  const found = alarms.map((alarm) => namedAlarm(alarm, policyArns));
  const owners = await Promise.all(
    found.map(async ({ name, arn }) => (known(name) ? application : applicationOf(cloudWatch, arn))),
  );
  const isOurs = (_: unknown, index: number) => owners[index] === application;
  return {
    policies,
    policyArns,
    alarms: Object.fromEntries(found.filter(isOurs).map(({ name, definition }) => [name, definition])),
    states: new Map(alarms.map((alarm) => [alarm.AlarmName ?? '', alarm.StateValue ?? ''])),
    foreignAlarms: new Set([
      ...found.filter((alarm, index) => !isOurs(alarm, index)).map(({ name }) => name),
      // Both kinds share one name space, and Forseti makes none of these.
      ...composite.map(({ AlarmName: name = '' }) => name),
    ]),
  };
};
