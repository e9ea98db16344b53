import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { frozenBy } from '../application/freeze';
import type { ApplicationSettings } from '../application/schema';
import type { Core } from '../engine/core';
import { DeploymentInProgress } from '../engine/errors';
import type { Hold, LockItem } from '../engine/lockItem';
import { ownerOf } from '../engine/takeLock';
import { describeGroup, type Group } from '../fleet/group';
import { memberOf } from '../fleet/members';
import { targetHealth } from '../fleet/targetGroups';
import { terminateMember } from '../fleet/terminateMember';
import { findRefreshes } from '../rollout/refreshes';
import { NotNow, Refused } from './errors';
import { type FleetFacts, mayReplace } from './mayReplace';
import { parseReplacement, type ReplacementEvent, type ReplacementRequest } from './replacement';

export interface ReplaceTools {
  readonly core: Core;
  readonly autoScaling: AutoScalingClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly sfn: SFNClient;
  /** @throws UnknownApplication */
  readonly readSettings: (application: string) => Promise<{ readonly settings: ApplicationSettings }>;
}

/** What became of it: the group terminates it and launches another; or it was on its way out already. */
export interface Replaced {
  readonly done: 'replaced' | 'gone';
}

const freezesOf = async (
  { core }: ReplaceTools,
  { application, until }: ReplacementRequest,
  settings: ApplicationSettings,
): Promise<string[]> => {
  // A person who asks decides for themselves.
  if (until === undefined) return [];
  const window = frozenBy(settings.freeze, core.clock());
  return [
    ...(await core.freezes.of(application, core.clock())).map(
      ({ by, reason }) => `${application} is frozen by ${by}: "${reason}".`,
    ),
    ...(window
      ? [`${application} is frozen by the settings until ${new Date(window.until).toISOString()}.`]
      : []),
  ];
};

const look = async (
  tools: ReplaceTools,
  request: ReplacementRequest,
  settings: ApplicationSettings,
): Promise<FleetFacts> => {
  const { autoScaling, elb, core } = tools;
  const [group, { running }, frozen] = await Promise.all([
    describeGroup(autoScaling, settings.group),
    findRefreshes(autoScaling, settings.group, undefined, core.clock()),
    freezesOf(tools, request, settings),
  ]);
  const health = await targetHealth(elb, group.targetGroupArns);
  return { group, health, refreshing: running !== undefined, frozen };
};

/** Takes the fleet's lock, for the seconds of this one change. */
const lock = async (
  { core, sfn }: ReplaceTools,
  fleet: string,
  { execution, deployment }: ReplacementEvent,
): Promise<{ readonly hold: Hold } | { readonly heldBy: LockItem }> => {
  const wanted = { fleet, owner: execution, deployment, now: core.clock(), act: 'maintenance' as const };
  const taken = await core.locks.take(wanted);
  if ('hold' in taken || (await ownerOf(core, taken.heldBy, sfn)) !== 'gone') return taken;
  return core.locks.take(wanted, taken.heldBy);
};

const terminate = async (
  { autoScaling }: ReplaceTools,
  { name }: Group,
  instance: string,
): Promise<Replaced> => ({
  done: (await terminateMember(autoScaling, name, instance, false)) === 'gone' ? 'gone' : 'replaced',
});

/** Under the lock: checks, and acts if nothing prevents it. */
const checkAndReplace = async (
  tools: ReplaceTools,
  request: ReplacementRequest,
  settings: ApplicationSettings,
  hold: Hold,
): Promise<Replaced | { readonly problems: string[] }> => {
  const facts = await look(tools, request, settings);
  const verdict = mayReplace(request.instance, facts);
  // A person may have mistyped the id; an instance that WatchInstances found may have left since.
  if (request.until === undefined && memberOf(facts.group, request.instance) === undefined)
    return { problems: [`${request.instance} is no member of group ${settings.group}.`] };
  if (verdict === 'gone') return { done: 'gone' };
  if (verdict.problems.length > 0) return verdict;
  await tools.core.locks.guard(hold);
  return terminate(tools, facts.group, request.instance);
};

/**
 * Takes an instance out of its fleet for good; the group launches another in its place. The fleet's lock is held for this
 * one change only, not until the other serves: a rollback must not wait for that.
 * @returns `gone` too where an earlier try of the same execution has done it: nothing is replaced twice.
 * @throws InvalidRequest, UnknownApplication, DeploymentInProgress; NotNow where it is worth another try, else Refused.
 *   Nothing was touched then.
 */
export const replaceInstance = async (event: ReplacementEvent, tools: ReplaceTools): Promise<Replaced> => {
  const { core } = tools;
  const request = parseReplacement(event.input);
  const until = request.until === undefined ? -Infinity : Date.parse(request.until);
  if (core.clock() >= until && request.until !== undefined)
    throw new Refused([`The hours of maintenance have ended at ${request.until}.`]);
  const { settings } = await tools.readSettings(request.application);
  const refusal = (problems: readonly string[]): Error =>
    core.clock() < until ? new NotNow(problems) : new Refused(problems);
  const locked = await lock(tools, settings.group, event);
  if ('heldBy' in locked) {
    const why = `Fleet ${settings.group} is locked by ${locked.heldBy.deployment ?? 'another execution'}; wait for its end.`;
    throw request.until === undefined ? new DeploymentInProgress(why) : refusal([why]);
  }
  try {
    const answer = await checkAndReplace(tools, request, settings, locked.hold);
    if ('problems' in answer) throw refusal(answer.problems);
    return answer;
  } finally {
    // A request that began to wait within these seconds polls again by itself.
    await core.locks.release(settings.group, [event.execution]);
  }
};
