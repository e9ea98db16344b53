import {
  type AutoScalingClient,
  paginateDescribePolicies,
  type ScalingPolicy,
} from '@aws-sdk/client-auto-scaling';
import {
  type CloudWatchClient,
  ListTagsForResourceCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { findAlarms, type FoundAlarms } from '../aws/alarms';
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
  const found: ScalingPolicy[] = [];
  for await (const page of paginateDescribePolicies({ client: autoScaling }, { AutoScalingGroupName: group }))
    found.push(...(page.ScalingPolicies ?? []));
  return policiesAmong(found);
};

/** @param found the policies of one group. */
export const policiesAmong = (
  found: readonly ScalingPolicy[],
): Pick<Existing, 'policies' | 'policyArns'> => ({
  policies: Object.fromEntries(
    found
      .filter(({ PolicyName: name = '' }) => name.startsWith(policyName('')))
      .map((policy) => [policy.PolicyName ?? '', policyDefinition(policy)]),
  ),
  policyArns: new Map(found.map(({ PolicyName: name = '', PolicyARN: arn = '' }) => [name, arn])),
});

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

/** The application that an alarm belongs to by its tag. */
export const alarmOwner = async (cloudWatch: CloudWatchClient, arn: string): Promise<string | undefined> => {
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
  const owners = await Promise.all(
    alarms.map(async ({ AlarmName: name = '', AlarmArn: arn = '' }) =>
      known(name) ? application : alarmOwner(cloudWatch, arn),
    ),
  );
  const ours = new Set(alarms.filter((_, index) => owners[index] === application));
  return existingAmong({ policies, policyArns }, { metric: alarms, composite }, (alarm) => ours.has(alarm));
};

/** @param alarms under the application's prefix. */
export const existingAmong = (
  { policies, policyArns }: Pick<Existing, 'policies' | 'policyArns'>,
  { metric, composite }: Pick<FoundAlarms, 'metric' | 'composite'>,
  isOurs: (alarm: MetricAlarm) => boolean,
): Existing => ({
  policies,
  policyArns,
  alarms: Object.fromEntries(
    metric.filter(isOurs).map((alarm) => [alarm.AlarmName ?? '', namedDefinition(alarm, policyArns)]),
  ),
  states: new Map(metric.map((alarm) => [alarm.AlarmName ?? '', alarm.StateValue ?? ''])),
  // Both kinds share one name space, and Forseti makes none of the composite ones.
  foreignAlarms: new Set(
    [...metric.filter((alarm) => !isOurs(alarm)), ...composite].map(({ AlarmName: name = '' }) => name),
  ),
});
