import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ApplicationSettings } from '../application/schema';
import { messageOf, nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import type { DeploymentRecord } from '../engine/record';
import { diffFields, fieldLine } from '../fleet/fields';
import type { Group } from '../fleet/group';
import { type ChangesClients, scalingChanges } from '../scaling/changes';
import type { ScalingChange } from '../scaling/diff';
import { fitScaling, type PlacedTargetGroup } from './fitScaling';

const describe = async (
  elb: ElasticLoadBalancingV2Client,
  arn: string,
): Promise<PlacedTargetGroup | undefined> => {
  try {
    const { TargetGroups: [found] = [] } = await elb.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }),
    );
    return found && { arn, loadBalancers: found.LoadBalancerArns ?? [] };
  } catch (error) {
    if (nameOf(error) === 'TargetGroupNotFoundException') return undefined;
    throw error;
  }
};

const described = async (
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
): Promise<PlacedTargetGroup[]> =>
  (await Promise.all(arns.map((arn) => describe(elb, arn)))).filter((found) => found !== undefined);

/** Target groups that policies name. Alarms name them without account and region, so they are not looked up. */
const namedIn = ({ policies }: ApplicationSettings['scaling']): string[] =>
  Object.values(policies).flatMap(
    (policy) => (policy.type === 'target-tracking' && policy.targetGroup) || [],
  );

/** Whether anything refers to a target group or a load balancer: only then are these read. */
const refers = ({ policies, alarms }: ApplicationSettings['scaling']): boolean =>
  Object.values(policies).some(
    (policy) => policy.type === 'target-tracking' && policy.metric === 'ALBRequestCountPerTarget',
  ) ||
  Object.values(alarms).some(({ dimensions }) => 'TargetGroup' in dimensions || 'LoadBalancer' in dimensions);

const signs = { add: '+', change: '~', remove: '-' } as const;

const changeLines = ({ kind, change, name, before, wrote }: ScalingChange): string[] => [
  `  ${signs[change]} ${kind === 'alarm' ? 'alarm' : 'scaling policy'} ${name}`,
  ...(change === 'change' ? diffFields(before, wrote).map((field) => `    ${fieldLine(field)}`) : []),
];

export interface ScalingBack {
  readonly scaling: ApplicationSettings['scaling'];
  /** For people: what goes back, what is mapped, what does not fit. */
  readonly lines: readonly string[];
}

/**
 * The policies and alarms that a rollback sets: those of the release, as far as they fit the fleet as it is now. It is
 * known before the fleet goes back, since nothing may fail afterwards. What cannot be read keeps no fleet from going
 * back: the lines say so.
 * @param released the settings with which the release was deployed; the present ones if they are not known.
 */
export const scalingBack = async (
  { record, core }: Pick<StepContext, 'record' | 'core'>,
  released: DeploymentRecord['settings'] | undefined,
  group: Group,
  clients: ChangesClients,
): Promise<ScalingBack> => {
  const { scaling: current } = record.settings;
  const { scaling: former, group: releasedGroup } = released ?? record.settings;
  try {
    const reads = refers(former);
    const named = namedIn(former).filter((arn) => !group.targetGroupArns.includes(arn));
    const [attached, left] = await Promise.all([
      reads ? described(clients.elb, group.targetGroupArns) : [],
      reads ? described(clients.elb, [...new Set(named)]) : [],
    ]);
    const { version } = record;
    const question = { version, released: former, releasedGroup, current, group: group.name, attached, left };
    const { scaling, lines } = fitScaling(question);
    const place = { stage: core.environment.stage, application: record.application, group: group.name };
    const { changes, existing, problems } = await scalingChanges({ scaling }, place, clients);
    return {
      scaling,
      lines: [
        ...(changes.length > 0 ? [`Policies and alarms go back to those of ${version}:`] : []),
        ...changes.filter(({ name }) => !existing.foreignAlarms.has(name)).flatMap(changeLines),
        ...lines,
        ...problems,
      ],
    };
  } catch (error) {
    return {
      scaling: former,
      lines: [
        `What of policies and alarms goes back could not be read before: ${nameOf(error)}: ${messageOf(error)}`,
      ],
    };
  }
};
