import type { Ec2State } from '../ec2/state';

const hourMs = 3_600_000;
/** EBS charges by the second of a month of 30 days. */
const monthMs = 30 * 24 * hourMs;

/**
 * Interval of counting instances, in virtual time. EC2 forgets terminated instances, so they cannot be counted
 * afterwards.
 */
export const countEveryMs = 10_000;

/** The running total of a region; plain JSON, part of the state. */
export interface InstanceCount {
  /** Instances running at the first count. They belong to the fleet and are not charged as extra. */
  readonly baseline: number;
  readonly running: number;
  /** Epoch milliseconds of this count. */
  readonly at: number;
  /** Instance-milliseconds beyond the baseline until then; negative while a rollout terminates first. */
  readonly extraMs: number;
}

/** Only running instances are charged. */
export const runningOf = ({ instances }: Pick<Ec2State, 'instances'>): number =>
  Object.values(instances).filter(({ state }) => state === 'running').length;

/** The count at `now`, computed from the previous one. */
export const countOn = (before: InstanceCount | undefined, running: number, now: number): InstanceCount =>
  before
    ? {
        baseline: before.baseline,
        running,
        at: now,
        extraMs: before.extraMs + (before.running - before.baseline) * (now - before.at),
      }
    : { baseline: running, running, at: now, extraMs: 0 };

export const extraHours = (count: InstanceCount): number => Math.max(0, count.extraMs) / hourMs;

/** GB-months for which snapshots made since `startAt` have been stored (epoch milliseconds, as `now`). */
export const storedGbMonths = (
  { snapshots }: Pick<Ec2State, 'snapshots'>,
  startAt: number,
  now: number,
): number => {
  const made = Object.values(snapshots).filter((snapshot) => snapshot.startedAt > startAt);
  return made.reduce((sum, { sizeGiB, startedAt }) => sum + sizeGiB * (now - startedAt), 0) / monthMs;
};
