import { type AutoScalingClient, ExitStandbyCommand } from '@aws-sdk/client-auto-scaling';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import { type Effect, isOpen } from '../engine/effect';
import { InstanceUnhealthy } from '../engine/errors';
import { minimumOf, putBackSize, sizeEffect } from '../fleet/sizeEffect';
import { settleAs } from '../engine/settled';
import { commandEffect } from '../provisioning/commandEffect';
import { runSeal } from './seal';
import type { Progress } from '../engine/waiting/waitingStep';
import { causesOfMembers } from '../fleet/causes';
import { describeGroup, type Group } from '../fleet/group';
import { isGone, memberOf } from '../fleet/members';
import { resumeLaunch } from '../fleet/processes';
import { retireStandby, standbyEffect, type StandbyShape } from './standbyEffect';
import { takenOut } from './takeOut';
import { describeTargets, healthCheckTimes, isServing } from '../fleet/targetGroups';

export interface PutBackClients {
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
}

/** What became of an instance in standby. */
export type PutBackEnd = 'back' | 'terminated' | 'gone';

/**
 * Undoes an effect of kind `standby`: unseals the instance if it was sealed, brings it back into service, restores the
 * minimum, and settles the effect as `undone`. If the maximum leaves no room, or the instance cannot be unsealed, it is
 * terminated instead. Safe to repeat until it answers `over`: what it has to remember is in the effect. Does not wait
 * until the instance is healthy.
 * @returns `over` is a {@link PutBackEnd}.
 */
export const putBackInstance = async (
  context: StepContext,
  { autoScaling, ssm }: PutBackClients,
  effect: Effect<StandbyShape>,
): Promise<{ readonly over: PutBackEnd } | Extract<Progress, { waitFor: readonly string[] }>> => {
  const { core, record } = context;
  const instance = effect.target;
  const [group, sealed] = await Promise.all([
    describeGroup(autoScaling, record.group),
    core.effects.find(record.deployment, commandEffect, 'seal'),
  ]);
  const member = memberOf(group, instance);
  if (member?.lifecycle === 'EnteringStandby')
    return { waitFor: [], progress: `${instance} is still leaving the load balancer` };
  let end: PutBackEnd = isGone(member) ? 'gone' : 'back';
  if (effect.result) {
    end = await terminate(context, autoScaling, effect, group);
  } else if (member?.lifecycle === 'Standby') {
    const wasSealed = sealed !== undefined && sealed.state !== 'void';
    const unsealed = wasSealed ? await unseal(context, ssm, instance) : 'open';
    if (typeof unsealed === 'object') return { ...unsealed, progress: `unsealing ${instance}` };
    end = await leaveStandby(context, autoScaling, group, effect, unsealed);
  }
  const minimum = await core.effects.find(record.deployment, sizeEffect, minimumOf(group.name));
  if (minimum && isOpen(minimum))
    await settleAs(core, minimum, await putBackSize(context, autoScaling, minimum));
  await core.effects.settle(effect, 'undone', end === 'back' ? {} : { note: `${instance} is ${end}.` });
  return { over: end };
};

type Unsealed =
  'open' | 'failed' | Pick<Extract<Progress, { waitFor: readonly string[] }>, 'waitFor' | 'why'>;

const unseal = async (context: StepContext, ssm: SSMClient, instance: string): Promise<Unsealed> => {
  try {
    const ended = await runSeal(context, ssm, 'unseal', instance);
    if ('waitFor' in ended) return ended;
    return ended.succeeded ? 'open' : 'failed';
  } catch (error) {
    // Systems Manager does not know the instance (any more).
    if (nameOf(error) === 'InvalidInstanceId') return 'failed';
    throw error;
  }
};

/**
 * ExitStandby raises the desired capacity by one. If that would exceed the maximum, other instances have taken the
 * place, and this one is surplus. An instance that cannot be unsealed lacks its keys or secrets: the group gets another
 * instead.
 */
const leaveStandby = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  group: Group,
  effect: Effect<StandbyShape>,
  unsealed: 'open' | 'failed',
): Promise<PutBackEnd> => {
  if (group.desired >= group.max || unsealed === 'failed')
    return terminate(context, autoScaling, effect, group);
  // Instances that are launched from now on run the old code; the rollout replaces them.
  await resumeLaunch(context, autoScaling, group);
  await context.guard();
  await autoScaling.send(
    new ExitStandbyCommand({ AutoScalingGroupName: group.name, InstanceIds: [effect.target] }),
  );
  return 'back';
};

const terminate = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  effect: Effect<StandbyShape>,
  group: Group,
): Promise<PutBackEnd> => {
  const { raise } = await retireStandby(context, autoScaling, effect, group);
  await context.core.records.warn(
    context.record.deployment,
    raise
      ? `Instance ${effect.target} could not be unsealed after the image was made and was terminated; the group launches another.`
      : `Group ${group.name} has reached its maximum of ${String(group.max)}, so ${effect.target} was terminated instead of put back.`,
  );
  return 'terminated';
};

/** What PutBack remembers between two polls. */
export interface PutBackMemo extends Record<string, unknown> {
  readonly instance: string;
  readonly end: PutBackEnd;
  /** Epoch milliseconds. */
  readonly backAt: number;
}

/** Time beyond the health checks: for booting services, and for lifecycle hooks. */
const patienceSeconds = 20 * 60;

/** Puts the instance that TakeOut took out back, and waits until it serves again. @throws InstanceUnhealthy */
export const putBack = async (
  context: StepContext,
  memo: Partial<PutBackMemo>,
  save: (memo: Partial<PutBackMemo>) => Promise<void>,
  clients: PutBackClients & { readonly elb: ElasticLoadBalancingV2Client },
): Promise<Progress> => {
  const { core, record } = context;
  const instance = memo.instance ?? (await takenOut(context));
  if (instance === undefined) return { over: {} };
  if (memo.end === undefined) {
    const effect = await core.effects.find(record.deployment, standbyEffect, instance);
    const progress =
      effect && isOpen(effect) ? await putBackInstance(context, clients, effect) : { over: 'back' as const };
    if ('waitFor' in progress) {
      if (memo.instance === undefined) await save({ instance });
      return progress;
    }
    await save({ instance, end: progress.over, backAt: core.clock() });
  }
  if (memo.end !== 'back') return { over: { instance, end: memo.end } };
  return awaitService(context, clients, instance, memo.backAt ?? core.clock());
};

const awaitService = async (
  { core, record }: StepContext,
  { autoScaling, elb }: Pick<PutBackClients, 'autoScaling'> & { readonly elb: ElasticLoadBalancingV2Client },
  instance: string,
  backAt: number,
): Promise<Progress> => {
  const group = await describeGroup(autoScaling, record.group);
  const [{ health, reasons }, { toHealthySeconds, toFirstHealthySeconds }] = await Promise.all([
    describeTargets(elb, group.targetGroupArns),
    healthCheckTimes(elb, group.targetGroupArns),
  ]);
  const member = memberOf(group, instance);
  if (isGone(member)) return { over: { instance, end: 'gone' } };
  if (isServing(member, health, group.targetGroupArns)) return { over: { instance, end: 'back' } };
  const elapsedSeconds = (core.clock() - backAt) / 1000;
  if (elapsedSeconds > patienceSeconds + toHealthySeconds)
    throw new InstanceUnhealthy(
      `Instance ${instance} left standby ${String(Math.round(elapsedSeconds))} s ago and does not serve again (${[member?.lifecycle ?? '', reasons.get(instance) ?? []].flat().join('; ')}); ` +
        `look at the health checks of the target groups of ${group.name}.`,
    );
  // An instance is registered about a second after it has left standby.
  const remaining = toFirstHealthySeconds + 1 - elapsedSeconds;
  return {
    waitFor: [],
    expectedSeconds: remaining > 0 ? remaining : Math.max(1, elapsedSeconds / 4),
    progress: `${instance} is coming back into service`,
    why: () =>
      Promise.resolve(
        causesOfMembers(member ? [member] : [], { hooks: [], reasons }).join('; ') || undefined,
      ),
  };
};
