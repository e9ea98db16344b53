import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { StepContext } from '../engine/context';
import { FleetUnsettled, ImageFailed } from '../engine/errors';
import { runSeal } from './seal';
import { enterStandby } from './standbyEffect';
import type { Progress } from '../engine/waiting/waitingStep';
import { describeGroup, type Group, inService } from '../fleet/group';
import { type DescribedInstance, describeInstances } from '../fleet/instances';
import { isGone, memberOf } from '../fleet/members';
import { pickOne } from '../fleet/pick';
import { makeRoomBelow } from '../fleet/sizeEffect';
import { tags } from '../aws/tags';
import {
  deregistrationDelaySeconds,
  describeTargets,
  isServing,
  type TargetHealth,
  targetHealth,
} from '../fleet/targetGroups';

export interface TakeOutClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ssm: SSMClient;
}

/** What TakeOut remembers between two polls; BakeImage and PutBack read its `instance`. */
export interface TakeOutMemo extends Record<string, unknown> {
  readonly instance: string;
  /** Epoch milliseconds. */
  readonly standbyAt: number;
  readonly drainingSeconds: number;
  readonly out: boolean;
}

/** The instance that a deployment took out, if it did. */
export const takenOut = async ({ core, record }: StepContext): Promise<string | undefined> => {
  const item = await core.records.step(record.deployment, 'TakeOut');
  return (item?.memo as Partial<TakeOutMemo> | undefined)?.instance;
};

/**
 * Takes one instance out of service, waits until it is out of every target group, and seals it.
 * @throws FleetUnsettled if no instance is suitable, or the chosen one is lost; ImageFailed if it cannot be sealed.
 */
export const takeOut = async (
  context: StepContext,
  memo: Partial<TakeOutMemo>,
  save: (memo: Partial<TakeOutMemo>) => Promise<void>,
  clients: TakeOutClients,
): Promise<Progress> => {
  if (memo.out !== true) {
    const waiting = await bringOut(context, memo, save, clients);
    if (waiting) return waiting;
    await save({ out: true });
  }
  const instance = memo.instance ?? '';
  if (!context.settings.image.seal) return { over: { instance } };
  const sealed = await runSeal(context, clients.ssm, 'seal', instance);
  if ('waitFor' in sealed) return { ...sealed, progress: `sealing ${instance}` };
  if (!sealed.succeeded)
    throw new ImageFailed(
      `Instance ${instance} could not be sealed (${sealed.reason}), so its keys and secrets would be in the image. ` +
        'Look at the output of the command in Systems Manager, or set image.seal to false.',
    );
  return { over: { instance } };
};

const bringOut = async (
  context: StepContext,
  memo: Partial<TakeOutMemo>,
  save: (memo: Partial<TakeOutMemo>) => Promise<void>,
  clients: TakeOutClients,
): Promise<Progress | undefined> => {
  const chosen = memo.instance;
  const group = await describeGroup(clients.autoScaling, context.record.group);
  if (chosen !== undefined && isGone(memberOf(group, chosen)) && memo.standbyAt !== undefined)
    throw new FleetUnsettled(
      `Instance ${chosen} was taken out of service to make the image, and is gone: somebody or AWS terminated it.`,
    );
  if (memo.standbyAt === undefined) {
    const instance = await choose(context, clients, group, chosen);
    const drainingSeconds = await deregistrationDelaySeconds(clients.elb, group.targetGroupArns);
    // Saved before anything is changed: PutBack must know the instance, however this ends.
    if (instance !== chosen) await save({ instance });
    await makeRoomBelow(context, clients.autoScaling, group);
    await enterStandby(context, clients.autoScaling, group, instance);
    await save({ standbyAt: context.core.clock(), drainingSeconds });
  }
  const { health, reasons } = await describeTargets(clients.elb, group.targetGroupArns);
  const instance = memo.instance ?? '';
  // If the group was read before the instance entered standby, only the next poll can see it.
  if (memberOf(group, instance)?.lifecycle === 'Standby' && !isRegistered(health, instance)) return undefined;
  const drainedAt = (memo.standbyAt ?? 0) + (memo.drainingSeconds ?? 0) * 1000;
  const seconds = (drainedAt - context.core.clock()) / 1000;
  return {
    waitFor: [],
    // Afterwards the polls come at growing intervals.
    ...(seconds > 0 && { expectedSeconds: seconds }),
    // Draining is over when its delay is.
    ...(seconds > 0 && { until: drainedAt }),
    progress: `${instance} is leaving the load balancer`,
    why: () =>
      Promise.resolve(
        `${instance} is ${[memberOf(group, instance)?.lifecycle ?? 'no member', reasons.get(instance) ?? []].flat().join(', ')}`,
      ),
  };
};

/** A target group forgets a target once it is drained; `unused` ones get no traffic. */
const isRegistered = (health: TargetHealth, id: string): boolean =>
  Object.values(health.get(id) ?? {}).some((state) => state !== 'unused');

/** Runs the version, which a deployment provisioned, and is not marked to be left alone. */
export const isCandidate = (instance: DescribedInstance, version: string): boolean =>
  instance.tags[tags.version] === version &&
  instance.tags[tags.deployment] !== undefined &&
  instance.tags[tags.avoidImage] === undefined;

const choose = async (
  context: StepContext,
  clients: TakeOutClients,
  group: Group,
  chosen: string | undefined,
): Promise<string> => {
  const { record } = context;
  // An earlier try, which may have crashed, chose this instance: take the same one again, whatever its state.
  if (chosen !== undefined && !isGone(memberOf(group, chosen))) return chosen;
  const [described, health] = await Promise.all([
    describeInstances(clients.ec2, inService(group)),
    targetHealth(clients.elb, group.targetGroupArns),
  ]);
  const serving = described.filter(({ id }) => isServing(memberOf(group, id), health, group.targetGroupArns));
  const fit = serving.filter((instance) => isCandidate(instance, record.version)).map(({ id }) => id);
  const instance = pickOne(fit, record.deployment);
  if (instance === undefined)
    throw new FleetUnsettled(
      `No instance of group ${group.name} can be made an image of: ${String(serving.length)} of ${String(group.instances.length)} serve, ` +
        `and none of them is tagged ${tags.version} = ${record.version} and not ${tags.avoidImage}.`,
    );
  if (serving.length < 2)
    throw new FleetUnsettled(
      `Only ${instance} of group ${group.name} serves: taking it out to make the image would leave nobody.`,
    );
  return instance;
};
