/**
 * Which region is to be active, as a plain function. Each region judges the *other*: a region that is down cannot report it,
 * and the region where this code runs is not down.
 *
 *   home active --(badProbes bad ones of home in a row, seen by the standby)--> standby active
 *   standby active --(goodProbes good ones of home, minimumStay over, home's backlog drained)--> home active
 *   standby active --(badProbes bad ones of the standby, seen by home)--> home active
 *
 * Where both live and only the network between them fails, each finds the other down. Home does not take back then what the
 * standby took, or the two would take it from each other every minute.
 */
export interface FailoverSettings {
  /** After so many bad probes in a row the other region becomes active. */
  readonly badProbes: number;
  /** After so many good ones in a row home may become active again. */
  readonly goodProbes: number;
  /** No failback before so long after the last change. */
  readonly minimumStayMs: number;
  /** After so many more good probes the failback no longer waits for the backlog at home. */
  readonly maxDrainProbes: number;
}

/** With a probe a minute: away within 2 minutes and some seconds, back after 10 minutes at the earliest. */
export const defaultFailover: FailoverSettings = {
  badProbes: 2,
  goodProbes: 5,
  minimumStayMs: 600_000,
  maxDrainProbes: 15,
};

/** What the region that judges knows. Times are epoch milliseconds. */
export interface Standing {
  readonly here: string;
  readonly other: string;
  readonly home: string;
  readonly active: string;
  /** When it became active; undefined where that was never changed. */
  readonly since?: number;
  /** A change by hand, which wins over all probes. */
  readonly pinned?: { readonly by: string; readonly reason: string };
  /** Probes of the other region in a row, as of the last; one of both is 0. */
  readonly bad: number;
  readonly good: number;
  /** The other region found this one bad a short time ago: it lives, and only the network between them may fail. */
  readonly foundBad?: boolean;
  /** AWS Health reports an issue of the other region: one bad probe is then enough. */
  readonly healthIssue?: boolean;
  /** Messages in home's queue from the time before; undefined where they could not be counted. */
  readonly backlog?: number;
}

export interface Decision {
  readonly act: 'failover' | 'failback' | 'none';
  /** Why, or why not, in a sentence. */
  readonly why: string;
}

const none = (why: string): Decision => ({ act: 'none', why });

export const decide = (
  standing: Standing,
  now: number,
  settings: FailoverSettings = defaultFailover,
): Decision => {
  const { pinned, active, here, other } = standing;
  if (pinned) return none(`${pinned.by} has set ${active} by hand (${pinned.reason}).`);
  if (active === other) return away(standing, settings);
  if (active === here && other === standing.home) return back(standing, now, settings);
  return none(`${active} is active.`);
};

const away = (
  { here, other, home, bad, foundBad, healthIssue }: Standing,
  { badProbes }: FailoverSettings,
): Decision => {
  const needed = healthIssue === true ? 1 : badProbes;
  if (bad < needed) return none(`${other} is active; ${String(bad)} of ${String(needed)} probes were bad.`);
  if (here === home && foundBad === true && healthIssue !== true)
    return none(
      `${other} is active, and finds ${here} as bad as it is found: the way between both may be cut.`,
    );
  return {
    act: 'failover',
    why: `${String(bad)} bad probes of ${other} in a row${healthIssue === true ? ', and an issue in AWS Health' : ''}, seen from ${here}.`,
  };
};

const back = (
  { home, good, since, backlog }: Standing,
  now: number,
  { goodProbes, minimumStayMs, maxDrainProbes }: FailoverSettings,
): Decision => {
  if (good < goodProbes) return none(`${String(good)} of ${String(goodProbes)} good probes of ${home}.`);
  const leftMs = since === undefined ? 0 : since + minimumStayMs - now;
  if (leftMs > 0) return none(`It stays for another ${String(Math.ceil(leftMs / 1000))} s at least.`);
  const drained = backlog === 0 || good >= goodProbes + maxDrainProbes;
  if (!drained)
    return none(
      backlog === undefined
        ? `How much lies in the queue of ${home} could not be read.`
        : `${String(backlog)} messages in ${home} are older than what would come after them.`,
    );
  return { act: 'failback', why: `${String(good)} good probes of ${home} in a row.` };
};
