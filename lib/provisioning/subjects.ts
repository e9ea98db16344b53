import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { imageFrom } from '../engine/imageFrom';
import type { StepContext } from '../engine/context';
import { BuilderFailed, FleetUnsettled, InstanceUnhealthy } from '../engine/errors';
import { describeGroup, inService } from '../fleet/group';
import { describeInstances } from '../fleet/instances';
import { isGone, memberOf } from '../fleet/members';
import { builderOf } from './builderEffect';
import { describeTargets, healthCheckTimes, isServing } from '../fleet/targetGroups';

export interface SubjectClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
}

/** The instances that a deployment provisions: the fleet, or its builder. */
export interface Subjects {
  /** All instances that are to be provisioned now. */
  list(): Promise<string[]>;
  /** Which of these are no longer there. */
  gone(ids: readonly string[]): Promise<Set<string>>;
  /**
   * Which of these no longer run, whatever their group says: while `Terminate` is suspended, the group still lists
   * them.
   */
  dead(ids: readonly string[]): Promise<Set<string>>;
  /**
   * Whether an instance is healthy after its command ended.
   * @returns seconds until the next check, and what AWS says of it; undefined if it is healthy (or gone).
   * @throws InstanceUnhealthy if it is not healthy in time.
   */
  healthyIn(
    id: string,
    endedAt: number,
  ): Promise<{ readonly seconds: number; readonly why?: string } | undefined>;
}

export const subjectsOf = (context: StepContext, clients: SubjectClients): Subjects =>
  imageFrom(context.record) === 'builder' ? builder(context, clients) : fleet(context, clients);

const fleet = ({ record, core }: StepContext, { autoScaling, ec2, elb }: SubjectClients): Subjects => ({
  list: async () => {
    const ids = inService(await describeGroup(autoScaling, record.group));
    if (ids.length === 0)
      throw new FleetUnsettled(
        `No instance of group ${record.group} is in service: nothing can be provisioned.`,
      );
    return ids;
  },
  gone: async (ids) => {
    const group = await describeGroup(autoScaling, record.group);
    return new Set(ids.filter((id) => isGone(memberOf(group, id))));
  },
  dead: (ids) => notRunning(ec2, ids),
  healthyIn: async (id, endedAt) => {
    const group = await describeGroup(autoScaling, record.group);
    const [{ health, reasons }, times] = await Promise.all([
      describeTargets(elb, group.targetGroupArns),
      healthCheckTimes(elb, group.targetGroupArns),
    ]);
    const elapsedSeconds = (core.clock() - endedAt) / 1000;
    const member = memberOf(group, id);
    if (isGone(member)) return undefined;
    // Until that many checks have failed, an instance that no longer answers is still called healthy.
    if (elapsedSeconds < times.toUnhealthySeconds)
      return { seconds: times.toUnhealthySeconds - elapsedSeconds };
    if (isServing(member, health, group.targetGroupArns)) return undefined;
    if ((await notRunning(ec2, [id])).has(id)) return undefined;
    if (elapsedSeconds > times.toUnhealthySeconds + 2 * times.toHealthySeconds + patienceSeconds)
      throw new InstanceUnhealthy(
        `Instance ${id} was provisioned with ${record.version} and is not healthy ${String(Math.round(elapsedSeconds))} s later ` +
          `(${member?.lifecycle ?? 'no member'}; ${reasons.get(id) ?? statesOf(health.get(id))}). The other instances were left as they are. ` +
          'Look at what the application writes on it, and at the health check of its target groups.',
      );
    const why = reasons.get(id);
    return {
      seconds: Math.max(5, times.toHealthySeconds / 2),
      ...(why !== undefined && { why: `${id}: ${why}` }),
    };
  },
});

/** Read from EC2, which forgets an instance an hour after it terminated. */
const notRunning = async (ec2: EC2Client, ids: readonly string[]): Promise<Set<string>> => {
  const found = await describeInstances(ec2, ids);
  const running = new Set(found.filter(({ state }) => state === 'running').map(({ id }) => id));
  return new Set(ids.filter((id) => !running.has(id)));
};

/** For an application that is slow to start. */
const patienceSeconds = 240;

const statesOf = (states: Readonly<Record<string, string>> | undefined): string =>
  states === undefined
    ? 'in no target group'
    : Object.entries(states)
        .map(([arn, state]) => `${arn.split('/')[1] ?? arn}: ${state}`)
        .join(', ');

const builder = (context: StepContext, { ec2 }: SubjectClients): Subjects => {
  return {
    list: async () => {
      const id = await builderOf(context);
      if (id === undefined || (await notRunning(ec2, [id])).has(id))
        throw new BuilderFailed(`Builder ${id ?? ''} does not run any more: nothing can be provisioned.`);
      return [id];
    },
    // Scaling does not take a builder away: if it dies, the deployment ends.
    gone: async (ids) => {
      const [dead] = await notRunning(ec2, ids);
      if (dead !== undefined) throw new BuilderFailed(`Builder ${dead} died while it was provisioned.`);
      return new Set();
    },
    dead: () => Promise.resolve(new Set()),
    // A builder is in no target group.
    healthyIn: () => Promise.resolve(undefined),
  };
};
