import type { ApplicationSettings } from '../application/schema';
import { imageFrom } from '../engine/imageFrom';
import { expectedSteps, type PathOf } from '../engine/path';
import { runsInTurn } from '../deployment/preflight/estimate';
import type { DeploymentRecord, StepItem } from '../engine/record';
import { median } from '../history/dora';

/** A deployment that went well, and how long its states took. */
export interface Precedent {
  readonly deployment: string;
  readonly totalSeconds: number;
  readonly instances: number | undefined;
  /** States that wait; the others take a second together. */
  readonly stateSeconds: Readonly<Record<string, number>>;
}

export interface Estimate {
  readonly minutes: number;
  readonly basis: 'history' | 'assumptions';
  /** The deployments that it goes by. */
  readonly from: readonly string[];
  /** What it assumes, a sentence each. */
  readonly assumptions: readonly string[];
  readonly stateSeconds: Readonly<Record<string, number>>;
}

export interface DurationSubject {
  readonly record: PathOf & Pick<DeploymentRecord, 'rollout' | 'settings'>;
  readonly settings: ApplicationSettings;
  readonly instances: number;
  /** The slowest of the group's target groups. */
  readonly secondsToHealthy: number;
  readonly deregistrationDelaySeconds: number;
}

/** Waits for somebody's word, or for a fleet that happened to be in motion: they are in no estimate. */
const notCounted = ['Queue', 'Settle', 'Approval'];

/** Of closed records that went well, those made the same way; the newest so many tell best. */
const maxPrecedents = 5;

/** Whether what a deployment took tells something of one that is planned. */
export const isAlike = (
  past: DeploymentRecord,
  planned: Pick<DeploymentRecord, 'strategy' | 'rollout' | 'image'>,
): boolean =>
  past.kind === 'deployment' &&
  past.outcome === 'Deployed' &&
  past.closedAt !== undefined &&
  past.rollout === planned.rollout &&
  past.resumedFrom === undefined &&
  imageFrom(past) === imageFrom(planned);

/** @param records in any order. @returns the newest of those that are alike. */
export const alike = (
  records: readonly DeploymentRecord[],
  planned: Pick<DeploymentRecord, 'strategy' | 'rollout' | 'image'>,
): DeploymentRecord[] =>
  records
    .filter((past) => isAlike(past, planned))
    .sort((a, b) => b.acceptedAt - a.acceptedAt)
    .slice(0, maxPrecedents);

export const precedentOf = (
  { deployment, acceptedAt, closedAt = acceptedAt, fleetSize }: DeploymentRecord,
  steps: readonly StepItem[],
): Precedent => {
  const took = steps.flatMap(({ item, startedAt, endedAt }): [string, number][] =>
    endedAt === undefined ? [] : [[item.slice('step#'.length), (endedAt - startedAt) / 1_000]],
  );
  const waited = took
    .filter(([state]) => notCounted.includes(state))
    .reduce((sum, [, value]) => sum + value, 0);
  return {
    deployment,
    totalSeconds: (closedAt - acceptedAt) / 1_000 - waited,
    instances: fleetSize,
    stateSeconds: Object.fromEntries(took.filter(([state]) => !notCounted.includes(state))),
  };
};

/** In how many rounds a rollout replaces the instances: as many at once as the health limits allow, at least one. */
export const waves = (
  { minHealthyPercentage, maxHealthyPercentage }: ApplicationSettings['rollout'],
  instances: number,
): number => {
  const room = maxHealthyPercentage - Math.max(minHealthyPercentage, maxHealthyPercentage - 100);
  return instances === 0 ? 0 : Math.ceil(instances / Math.max(1, Math.ceil((instances * room) / 100)));
};

/** How a state's time grows with the fleet. */
const growth = (state: string, { record, settings, instances }: DurationSubject, before: number): number => {
  if (state === 'Provision' && imageFrom(record) === 'fleet')
    return runsInTurn(settings, instances) / runsInTurn(settings, before);
  if (state !== 'Rollout' && state !== 'RolloutRest') return 1;
  if (record.rollout === 'none' || before === 0) return 1;
  return waves(settings.rollout, instances) / waves(settings.rollout, before);
};

const scaled = (precedent: Precedent, subject: DurationSubject): Precedent => {
  const before = precedent.instances ?? subject.instances;
  const stateSeconds = Object.fromEntries(
    Object.entries(precedent.stateSeconds).map(([state, seconds]) => [
      state,
      seconds * growth(state, subject, before),
    ]),
  );
  const sum = (values: Precedent['stateSeconds']): number =>
    Object.values(values).reduce((total, value) => total + value, 0);
  const totalSeconds = precedent.totalSeconds + sum(stateSeconds) - sum(precedent.stateSeconds);
  return { ...precedent, stateSeconds, totalSeconds };
};

const minutesOf = (seconds: number): number => Math.round(seconds / 6) / 10;

const byHistory = (precedents: readonly Precedent[], subject: DurationSubject): Estimate => {
  const all = precedents.map((precedent) => scaled(precedent, subject));
  const states = [...new Set(all.flatMap(({ stateSeconds }) => Object.keys(stateSeconds)))];
  return {
    minutes: minutesOf(median(all.map(({ totalSeconds }) => totalSeconds)) ?? 0),
    basis: 'history',
    from: all.map(({ deployment }) => deployment),
    assumptions: all.some(({ instances }) => instances !== undefined && instances !== subject.instances)
      ? [
          `Provisioning and rollout take longer in proportion with ${String(subject.instances)} instances than with those of then.`,
        ]
      : [],
    stateSeconds: Object.fromEntries(
      states.map((state) => [
        state,
        Math.round(median(all.flatMap(({ stateSeconds }) => stateSeconds[state] ?? [])) ?? 0),
      ]),
    ),
  };
};

/**
 * Typical of small Linux instances, as long as nobody has measured it here. Preflight's own assumptions are longer: it
 * looks for what may fall into the deployment, and has to be on the safe side.
 */
const assumed = {
  runSeconds: 120,
  imageSeconds: 240,
  /** From the request to `InService`. */
  bootSeconds: 25,
  /** From then until the application, or the SSM agent, answers. */
  startSeconds: 25,
  terminateSeconds: 30,
  sealSeconds: 5,
  /** EC2 checks once a minute. */
  checkSeconds: 60,
  /** What a state takes beside what it waits for. */
  stepSeconds: 1,
};

/** A refresh waits for the draining and the end of the old ones; a surge goes on while they leave. */
const assumedReplacement = (subject: DurationSubject): number => {
  const { record, settings, instances, secondsToHealthy, deregistrationDelaySeconds } = subject;
  const rounds = waves(settings.rollout, instances);
  if (record.rollout === 'none') return 0;
  const { bootSeconds, startSeconds, terminateSeconds } = assumed;
  if (record.rollout === 'surge') return rounds * (bootSeconds + startSeconds);
  const serving = Math.max(startSeconds + secondsToHealthy, settings.rollout.instanceWarmupSeconds ?? 0);
  return rounds * (bootSeconds + serving + deregistrationDelaySeconds + terminateSeconds);
};

const assumedSeconds = (state: string, subject: DurationSubject): number => {
  const { record, settings, instances, secondsToHealthy: healthy } = subject;
  const { rollout, image, rollback } = settings;
  const isBuilder = imageFrom(record) === 'builder';
  const bake = rollback.alarms.length > 0 ? rollout.bakeMinutes * 60 : 0;
  const seal = image.seal ? assumed.sealSeconds : 0;
  const isRefresh = record.rollout === 'instance-refresh';
  switch (state) {
    case 'Provision':
      return isBuilder ? assumed.runSeconds : runsInTurn(settings, instances) * assumed.runSeconds + healthy;
    case 'TakeOut':
      return subject.deregistrationDelaySeconds + seal;
    case 'BakeImage':
      return assumed.imageSeconds + (isBuilder ? seal : 0);
    case 'PutBack':
      return healthy + seal;
    case 'LaunchBuilder':
      return assumed.bootSeconds + assumed.startSeconds;
    case 'VerifyImage':
      return assumed.bootSeconds + assumed.checkSeconds;
    case 'Rollout':
      return assumedReplacement(subject) + (isRefresh && !rollout.approval ? bake : 0);
    case 'RolloutRest':
      return bake;
    case 'Observe':
      return isRefresh ? 0 : bake;
    default:
      return 0;
  }
};

const byAssumptions = (subject: DurationSubject): Estimate => {
  const states = expectedSteps(subject.record);
  const seconds = states.map((state): [string, number] => [state, assumedSeconds(state, subject)]);
  const total = seconds.reduce((sum, [, value]) => sum + value + assumed.stepSeconds, 0);
  return {
    minutes: minutesOf(total),
    basis: 'assumptions',
    from: [],
    assumptions: [
      'No deployment of this kind has gone well here in half a year, so these are guesses:',
      `a run of Ansible takes ${String(assumed.runSeconds / 60)} minutes, an image ${String(assumed.imageSeconds / 60)}, an instance ${String(assumed.bootSeconds + assumed.startSeconds)} seconds until it serves.`,
    ],
    stateSeconds: Object.fromEntries(seconds.filter(([, value]) => value > 0)),
  };
};

/** How long a deployment is going to take: by this application's own history, else by stated assumptions. */
export const estimateDuration = (precedents: readonly Precedent[], subject: DurationSubject): Estimate =>
  precedents.length > 0 ? byHistory(precedents, subject) : byAssumptions(subject);
