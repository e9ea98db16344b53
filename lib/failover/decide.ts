/**
 * Which region is to be active, as a plain function. Each region judges the *other*: who is down cannot report it, and
 * that this code runs shows that the region which judges does not.
 *
 *   home active --(badProbes bad ones of home in a row, seen by the standby)--> standby active
 *   standby active --(goodProbes good ones of home, minimumStay over, home's backlog drained)--> home active
 *   standby active --(badProbes bad ones of the standby, seen by home)--> home active
 *
 * Where each finds the other down though both live, home does not take back what the standby took: both would take it
 * from each other every minute.
 */
export interface FailoverSettings {
  /** So many bad probes in a row move the traffic away. */
  readonly badProbes: number;
  /** So many good ones in a row let it come back. */
  readonly goodProbes: number;
  /** Nobody fails back sooner after the last change. */
  readonly minimumStayMs: number;
  /** A backlog at home keeps nobody waiting longer, from the last of the good probes that were needed. */
  readonly longestDrainProbes: number;
}

/** With a probe a minute: away within 2 minutes and some seconds, back after 10 minutes at the earliest. */
export const defaultFailover: FailoverSettings = {
  badProbes: 2,
  goodProbes: 5,
  minimumStayMs: 600_000,
  longestDrainProbes: 15,
};

/** What the region that judges knows. Times are epoch milliseconds. */
export interface Standing {
  readonly here: string;
  readonly other: string;
  readonly home: string;
  readonly active: string;
  /** When it became so; undefined: it never was otherwise. */
  readonly since?: number;
  /** Somebody has said by hand which region is to be active, and that wins. */
  readonly pinned?: { readonly by: string; readonly reason: string };
  /** Probes of the other region in a row, as of the last; one of both is 0. */
  readonly bad: number;
  readonly good: number;
  /** The other region has found this one bad a short time ago: it lives, and only the way between both may be cut. */
  readonly foundBad?: boolean;
  /** AWS Health tells of an issue of the other region: a single bad probe is then enough. */
  readonly healthIssue?: boolean;
  /** Messages that lie in home's queues since it was down; undefined: not known. */
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
  { goodProbes, minimumStayMs, longestDrainProbes: maxDrainProbesLength }: FailoverSettings,
): Decision => {
  if (good < goodProbes) return none(`${String(good)} of ${String(goodProbes)} good probes of ${home}.`);
  const leftMs = since === undefined ? 0 : since + minimumStayMs - now;
  if (leftMs > 0) return none(`It stays for another ${String(Math.ceil(leftMs / 1000))} s at least.`);
  const drained = backlog === 0 || good >= goodProbes + maxDrainProbesLength;
  if (!drained)
    return none(
      backlog === undefined
        ? `How much lies in the queue of ${home} could not be read.`
        : `${String(backlog)} messages in ${home} are older than what would come after them.`,
    );
  return { act: 'failback', why: `${String(good)} good probes of ${home} in a row.` };
};
