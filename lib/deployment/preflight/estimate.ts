import type { ApplicationSettings } from '../../application/schema';
import type { WaitingState } from '../../engine/waiting/states';
import { imageFrom } from '../../engine/imageFrom';
import { concurrency } from '../../provisioning/concurrency';
import type { DeploymentRecord } from '../../engine/record';
import type { PreflightFacts } from './facts';

/**
 * An upper bound. For a percentage it does not depend on the number of instances, and so the deadline does not either.
 */
const maxBatches = (value: string, count: number): number =>
  value.endsWith('%') ? Math.ceil(100 / Number(value.slice(0, -1))) + 1 : Math.ceil(count / Number(value));

/** The assumed duration of one run of Ansible, as long as there is no history. */
const assumedRunSeconds = 5 * 60;
const assumedImageSeconds = 10 * 60;

/** How many runs of Ansible follow one another on the instances of a fleet: the first instance, then the batches. */
export const runsInTurn = (
  { provisioning }: Pick<ApplicationSettings, 'provisioning'>,
  instances: number,
): number => 1 + Math.ceil(Math.max(0, instances - 1) / concurrency(provisioning.maxConcurrency, instances));

/** How long launching is likely to stay suspended, in seconds: the first instance, the batches, the image. */
export const estimatedSuspension = (settings: ApplicationSettings, instances: number): number =>
  runsInTurn(settings, instances) * assumedRunSeconds + assumedImageSeconds;

/** How many instances run at once beyond those that serve now. */
export const extraInstances = (
  record: Pick<DeploymentRecord, 'rollout' | 'strategy' | 'image'>,
  settings: ApplicationSettings,
  instances: number,
): number => {
  const builder = imageFrom(record) === 'builder' ? 1 : 0;
  const share = (settings.rollout.maxHealthyPercentage - 100) / 100;
  const rollout = record.rollout === 'none' ? 0 : Math.ceil(instances * share);
  return Math.max(builder, rollout);
};

/** The deadlines of the waiting states in seconds, as far as they follow from settings and fleet. */
export type Timeouts = Readonly<
  Record<Exclude<WaitingState, 'Queue' | 'Settle' | 'Halt' | 'RollBack'>, number>
>;

const minute = 60;
const hour = 60 * minute;
const longest = 7 * 24 * hour;

/** Deadlines allow for the group's lifecycle hooks and its target groups' deregistration delay. */
export const timeoutsOf = (
  settings: ApplicationSettings,
  facts: Pick<PreflightFacts, 'members' | 'lifecycleHooks' | 'targetGroups'>,
): Timeouts => {
  const { provisioning, image, builder, rollout } = settings;
  const hooks = Math.max(0, ...facts.lifecycleHooks.map(({ heartbeatSeconds }) => heartbeatSeconds));
  const draining = Math.max(0, ...facts.targetGroups.map((group) => group.deregistrationDelaySeconds));
  const healthy = Math.max(0, ...facts.targetGroups.map((group) => group.secondsToHealthy));
  const run = provisioning.timeoutMinutes * minute + provisioning.deliveryTimeoutSeconds;
  const instances = Math.max(1, facts.members.length);
  const batches = maxBatches(provisioning.maxConcurrency, instances);
  const rolled = rollout.timeoutMinutes * minute + rollout.bakeMinutes * minute;
  const capped = (seconds: number): number => Math.min(seconds, longest);
  return {
    Suspend: capped(15 * minute + hooks + draining),
    Provision: capped(run + healthy + 10 * minute + batches * run),
    TakeOut: capped(20 * minute + draining + hooks),
    BakeImage: capped(image.timeoutMinutes * minute),
    PutBack: capped(30 * minute + healthy + hooks),
    LaunchBuilder: capped(builder.timeoutMinutes * minute),
    VerifyImage: capped(builder.timeoutMinutes * minute + 5 * minute),
    Rollout: capped(rolled + 15 * minute),
    Approval: capped((rollout.approval?.timeoutMinutes ?? 0) * minute + minute),
    RolloutRest: capped(rolled + 15 * minute),
    Observe: capped(rollout.bakeMinutes * minute + 15 * minute),
    Undo: capped(60 * minute + hooks),
    Restore: capped(rollout.timeoutMinutes * minute + hour),
  };
};
