import type { Change } from './changes';
import { judge } from './incidents';

/** A share of something; without `rate` where there is nothing to take a share of. */
export interface Share {
  readonly rate?: number;
  readonly count: number;
  readonly of: number;
}

/** How long something takes, as far as it could be measured; the median, since one long night must not hide the rest. */
export interface Took {
  readonly medianSeconds?: number;
  readonly measured: number;
}

export interface Dora {
  /** ISO 8601; from inclusive, until exclusive. */
  readonly from: string;
  readonly until: string;
  readonly deploymentFrequency: { readonly deployments: number; readonly perDay: number };
  readonly leadTime: Took;
  readonly changeFailureRate: Share;
  /** `open`: failures after which nothing good has come yet. */
  readonly timeToRestore: Took & { readonly open: number };
  readonly reworkRate: Share;
}

const dayMs = 86_400_000;

export const median = (values: readonly number[]): number | undefined => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? upper) + upper) / 2;
};

const took = (values: readonly number[]): Took => {
  const middle = median(values);
  return {
    ...(middle !== undefined && { medianSeconds: Math.round(middle / 1_000) }),
    measured: values.length,
  };
};

const share = (count: number, of: number): Share => ({ ...(of > 0 && { rate: count / of }), count, of });

/**
 * The five figures of software delivery performance, by DORA's definitions (dora.dev/guides/dora-metrics, as of 2026), and
 * what they are here:
 *
 * - *Deployment frequency*, "the number of deployments over a given period": deployments that ended as `Deployed`.
 * - *Change lead time*, "from committed to version control to deployed in production": from the push of the tag to the moment
 *   the release was marked good. Only of deployments that a tag asked for: of others nobody knows when the change was made.
 * - *Change fail rate*, "the ratio of deployments that require immediate intervention": of all deployments that touched
 *   production (`Deployed`, `RolledBack`, `Dirty`) those that were undone, or that a rollback left afterwards. `Rejected` and
 *   `Superseded` ones touched nothing.
 * - *Failed deployment recovery time*, "to recover from a deployment that fails": from when it was seen (the alarm's change,
 *   the step's failure, or the request for the rollback) until the fleet was well again: the deployment was undone, a
 *   rollback was through, or the next deployment was.
 * - *Deployment rework rate*, "deployments that are unplanned but happen as a result of an incident in production": of all
 *   changes that touched production, rollbacks, deployments in spite of ringing alarms (they mend), and the first deployment
 *   after a rollback.
 *
 * A regeneration makes a new image of the version that runs already: it is none of the deployments.
 *
 * @param changes in the order of their end; those of before the period tell what ran when it began.
 * @param period epoch ms, from inclusive, until exclusive.
 */
export const doraOf = (changes: readonly Change[], period: { from: number; until: number }): Dora => {
  const { from, until } = period;
  const within = (at: number): boolean => at >= from && at < until;
  const { incidents, rework } = judge(changes.filter(({ endedAt }) => endedAt < until));
  const touched = changes.filter(
    ({ endedAt, outcome }) => within(endedAt) && outcome !== 'Rejected' && outcome !== 'Superseded',
  );
  const deployments = touched.filter(({ kind, regenerates }) => kind === 'deployment' && !regenerates);
  const good = deployments.filter(({ outcome }) => outcome === 'Deployed');
  const failed = new Set(incidents.map(({ deployment }) => deployment));
  const restored = incidents.flatMap(({ seenAt, restoredAt }) =>
    restoredAt !== undefined && within(restoredAt) ? [restoredAt - seenAt] : [],
  );
  return {
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    deploymentFrequency: {
      deployments: good.length,
      perDay: until > from ? good.length / ((until - from) / dayMs) : 0,
    },
    leadTime: took(
      good.flatMap(({ pushedAt, endedAt }) => (pushedAt === undefined ? [] : [endedAt - pushedAt])),
    ),
    changeFailureRate: share(
      deployments.filter(({ deployment }) => failed.has(deployment)).length,
      deployments.length,
    ),
    timeToRestore: {
      ...took(restored),
      open: incidents.filter(({ restoredAt }) => restoredAt === undefined).length,
    },
    reworkRate: share(touched.filter(({ deployment }) => rework.has(deployment)).length, touched.length),
  };
};
