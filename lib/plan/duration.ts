import type { ApplicationSettings } from '../application/schema';
import { imageFrom } from '../deployment/accept';
import { expectedSteps, type PathOf } from '../deployment/path';
import { assumedImageSeconds, assumedRunSeconds, runsInTurn } from '../deployment/preflight/estimate';
import type { DeploymentRecord, StepItem } from '../deployment/record';
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

/** Somebody's word takes as long as it takes: it is in no estimate. */
const people = ['Queue', 'Approval'];

/** Of closed records that went well, those made the same way; the newest so many tell best. */
const mostPrecedents = 5;

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
    .slice(0, mostPrecedents);

export const precedentOf = (
  { deployment, acceptedAt, closedAt = acceptedAt, fleetSize }: DeploymentRecord,
  steps: readonly StepItem[],
): Precedent => {
  const took = steps.flatMap(({ item, startedAt, endedAt }): [string, number][] =>
    endedAt === undefined ? [] : [[item.slice('step#'.length), (endedAt - startedAt) / 1_000]],
  );
  const waited = took.filter(([state]) => people.includes(state)).reduce((sum, [, value]) => sum + value, 0);
  return {
    deployment,
    totalSeconds: (closedAt - acceptedAt) / 1_000 - waited,
    instances: fleetSize,
    stateSeconds: Object.fromEntries(took.filter(([state]) => !people.includes(state))),
  };
};

/** How many instances a rollout replaces one after the other, as far as the health limits allow more at once. */
export const waves = (
  { minHealthyPercentage, maxHealthyPercentage }: ApplicationSettings['rollout'],
  instances: number,
): number => {
  const room = maxHealthyPercentage - Math.max(minHealthyPercentage, maxHealthyPercentage - 100);
  return instances === 0 ? 0 : Math.ceil(instances / Math.max(1, Math.floor((instances * room) / 100)));
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

/** From the request to `InService`, as long as nobody has measured it here. */
const assumedBootSeconds = 120;
const assumedSealSeconds = 30;
/** What a state takes beside what it waits for. */
const assumedStepSeconds = 2;

const assumedSeconds = (state: string, subject: DurationSubject): number => {
  const {
    record,
    settings,
    instances,
    secondsToHealthy: healthy,
    deregistrationDelaySeconds: draining,
  } = subject;
  const { rollout } = settings;
  const isBuilder = imageFrom(record) === 'builder';
  const bake = settings.rollback.alarms.length > 0 ? rollout.bakeMinutes * 60 : 0;
  const replaced =
    waves(rollout, instances) *
    (assumedBootSeconds + healthy + draining + (rollout.instanceWarmupSeconds ?? 0));
  switch (state) {
    case 'Provision':
      return isBuilder ? assumedRunSeconds : runsInTurn(settings, instances) * assumedRunSeconds + healthy;
    case 'TakeOut':
      return draining + (settings.image.seal ? assumedSealSeconds : 0);
    case 'BakeImage':
      return assumedImageSeconds * (settings.image.copyTo.length > 0 ? 2 : 1);
    case 'PutBack':
      return healthy + (settings.image.seal ? assumedSealSeconds : 0);
    case 'LaunchBuilder':
      return assumedBootSeconds;
    case 'Rollout':
      if (record.rollout === 'none') return 0;
      return replaced + (record.rollout === 'instance-refresh' && !rollout.approval ? bake : 0);
    case 'RolloutRest':
      return bake;
    case 'Observe':
      return record.rollout === 'instance-refresh' ? 0 : bake;
    default:
      return 0;
  }
};

const byAssumptions = (subject: DurationSubject): Estimate => {
  const states = expectedSteps(subject.record);
  const seconds = states.map((state): [string, number] => [state, assumedSeconds(state, subject)]);
  const total = seconds.reduce((sum, [, value]) => sum + value + assumedStepSeconds, 0);
  return {
    minutes: minutesOf(total),
    basis: 'assumptions',
    from: [],
    assumptions: [
      'No deployment of this kind has gone well here in half a year, so these are guesses:',
      `a run of Ansible takes ${String(assumedRunSeconds / 60)} minutes, an image ${String(assumedImageSeconds / 60)}, an instance ${String(assumedBootSeconds / 60)} until it is in service.`,
    ],
    stateSeconds: Object.fromEntries(seconds.filter(([, value]) => value > 0)),
  };
};

/** How long a deployment is going to take: by this application's own history, else by stated assumptions. */
export const estimateDuration = (precedents: readonly Precedent[], subject: DurationSubject): Estimate =>
  precedents.length > 0 ? byHistory(precedents, subject) : byAssumptions(subject);
