import {
  DescribeCapacityReservationCommand,
  type ElasticLoadBalancingV2Client,
  ModifyCapacityReservationCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { isTransient, messageOf, nameOf } from '../../aws/failure';
import { describeGroup } from '../../fleet/group';
import { notify } from '../../reporting/notify';
import { switchNotice } from '../base/announce';
import { parsedDue } from '../base/requests';
import { type PrewarmItem, prewarmSwitch, type PrewarmTools } from './definition';
import { endAction, schedule } from './schedule';

interface ReserveTools extends PrewarmTools {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly autoScaling: AutoScalingClient;
}

/** LCU that are reserved of a load balancer now, by anybody. */
export const unitsOf = async (
  elb: ElasticLoadBalancingV2Client,
  balancer: string,
): Promise<number | undefined> => {
  const { MinimumLoadBalancerCapacity: minimum } = await elb.send(
    new DescribeCapacityReservationCommand({ LoadBalancerArn: balancer }),
  );
  return minimum?.CapacityUnits;
};

/** A larger reservation stays as it is. The former one is noted before it is changed. */
const reserveOne = async (
  { elb, switches }: ReserveTools,
  item: PrewarmItem,
  balancer: string,
): Promise<PrewarmItem> => {
  const { units, formerUnits = {} } = item.made;
  const current = await unitsOf(elb, balancer);
  if (current !== undefined && current >= units) return item;
  const noted =
    balancer in formerUnits
      ? item
      : await switches.note(item, { formerUnits: { ...formerUnits, [balancer]: current ?? null } });
  await elb.send(
    new ModifyCapacityReservationCommand({
      LoadBalancerArn: balancer,
      MinimumLoadBalancerCapacity: { CapacityUnits: units },
    }),
  );
  return noted;
};

/** Somebody may have set another minimum since it was planned: that is what the group goes back to. */
const renewMinimum = async (tools: ReserveTools, item: PrewarmItem): Promise<PrewarmItem> => {
  const { group, capacity, formerMinimum, startsAt, endsAt } = item.made;
  if (tools.clock() >= startsAt) return item;
  const { min } = await describeGroup(tools.autoScaling, group);
  if (min === formerMinimum || min >= capacity) return item;
  await schedule(tools.autoScaling, group, endAction, endsAt, min);
  return tools.switches.note(item, { formerMinimum: min });
};

const pending = 'CapacityReservationPendingException';
/** "Depends on available capacity for a zone at that time": it may come yet. */
const insufficient = 'InsufficientCapacityException';

/** What is tried again for so long is told. */
const tellAfterMs = 10 * 60_000;

/** Notified once, although it is tried for hours. */
const tellShort = async (
  tools: ReserveTools,
  item: PrewarmItem,
  balancer: string,
  error: unknown,
): Promise<PrewarmItem> => {
  if (item.made.toldShort === true) return item;
  await notify(tools.channels, tools.environment, {
    ...switchNotice(prewarmSwitch, item),
    on: true,
    by: item.by,
    lines: [
      `${String(item.made.units)} LCU of ${balancer} could not be reserved${nameOf(error) === insufficient || isTransient(error) ? ' yet' : ''}: ${nameOf(error)}: ${messageOf(error)}`,
      'The instances come all the same.',
    ],
  });
  return tools.switches.note(item, { toldShort: true });
};

/** Some hours before a warm-up: reserves load balancer capacity. Twice is as once. */
export const reserveCapacity = async (
  input: unknown,
  tools: ReserveTools,
): Promise<{ readonly reserved: number }> => {
  const { application, switch: name } = parsedDue(input, 'prewarm');
  const found = await tools.switches.find(application, name);
  if (!found || found.offAt !== undefined || found.closingAt !== undefined) return { reserved: 0 };
  let item = await renewMinimum(tools, found);
  let reserved = 0;
  for (const balancer of item.made.balancers ?? [])
    try {
      item = await reserveOne(tools, item, balancer);
      reserved += 1;
    } catch (error) {
      // Another change of the reservation is being provisioned, or AWS is busy: the machine tries again.
      if (nameOf(error) === pending || (isTransient(error) && nameOf(error) !== insufficient)) {
        if (tools.clock() - (prewarmSwitch.reserveAt?.(item.made) ?? Infinity) >= tellAfterMs)
          await tellShort(tools, item, balancer, error);
        throw error;
      }
      item = await tellShort(tools, item, balancer, error);
      if (nameOf(error) === insufficient) throw error;
    }
  return { reserved };
};
