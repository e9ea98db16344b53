import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DescribeSubnetsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { paginateListServiceQuotas, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { type Locks } from '../../engine/lock';
import { quotaFacts } from '../../deployment/preflight/gather';
import { describeGroup, type Group } from '../../fleet/group';
import { describeScheduledActions } from '../../fleet/scheduledActions';
import type { PrewarmFacts } from './checks';

export interface PrewarmClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly quotas: ServiceQuotasClient;
  readonly locks: Locks;
}

const freeAddresses = async (ec2: EC2Client, { subnets }: Group): Promise<number> => {
  if (subnets.length === 0) return Infinity;
  const { Subnets: found = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...subnets] }));
  return found.reduce((sum, { AvailableIpAddressCount: free = 0 }) => sum + free, 0);
};

const balancersOf = async (
  elb: ElasticLoadBalancingV2Client,
  { targetGroupArns }: Group,
): Promise<string[]> => {
  if (targetGroupArns.length === 0) return [];
  const { TargetGroups: groups = [] } = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [...targetGroupArns] }),
  );
  const arns = groups.flatMap(({ LoadBalancerArns = [] }) => LoadBalancerArns);
  // Network load balancers count their capacity otherwise.
  return [...new Set(arns)].filter((arn) => arn.includes(':loadbalancer/app/'));
};

/** By their names: AWS's documentation gives no codes of these quotas. */
const unitQuotas = async (
  client: ServiceQuotasClient,
): Promise<Pick<PrewarmFacts, 'unitsPerBalancer' | 'unitsPerRegion'>> => {
  const values: { name: string; value: number }[] = [];
  for await (const page of paginateListServiceQuotas({ client }, { ServiceCode: 'elasticloadbalancing' }))
    for (const { QuotaName: name = '', Value: value } of page.Quotas ?? [])
      if (/^Reserved Application Load Balancer Capacity Units/.test(name) && value !== undefined)
        values.push({ name, value });
  const find = (what: RegExp) => values.find(({ name }) => what.test(name))?.value;
  return { unitsPerBalancer: find(/per Application Load Balancer$/), unitsPerRegion: find(/per Region$/) };
};

/** Reads everything that the checks look at; changes nothing. */
export const gatherPrewarm = async (
  clients: PrewarmClients,
  name: string,
  now: number,
): Promise<PrewarmFacts> => {
  const group = await describeGroup(clients.autoScaling, name);
  const type = group.instances.find((instance) => instance.type !== undefined)?.type;
  const [scheduled, addresses, balancers, units, lock, quota] = await Promise.all([
    describeScheduledActions(clients.autoScaling, name),
    freeAddresses(clients.ec2, group),
    balancersOf(clients.elb, group),
    unitQuotas(clients.quotas),
    clients.locks.read(name),
    type === undefined ? undefined : quotaFacts(clients, type),
  ]);
  return {
    now,
    group,
    instances: Math.max(group.desired, group.instances.length),
    quota,
    freeAddresses: addresses,
    scheduled,
    deployment: lock?.owner === undefined ? undefined : lock.deployment,
    balancers,
    ...units,
  };
};
