/**
 * The control loop of a group: compares the desired state with the actual one and takes the next step. Each part
 * depends on a process that can be suspended (User Guide, "Suspend and resume Amazon EC2 Auto Scaling processes").
 */
import type { Region } from '../../core/service';
import { activeRefresh, allMembers, counts, inService, isPending, isSuspended, wake } from '../groups';
import { checkHealth } from '../health';
import { launch } from '../launching';
import { victimsOf } from '../policy/victims';
import { rebalance } from './rebalancing';
import { absorbedBy, launchingRefresh, stepRefresh } from '../refresh/step';
import { choicesOf, currentSource, matches } from '../source';
import type { Group, Refresh } from '../state';
import { terminate } from '../terminating';
import { tendWarmPool } from './warmPool';

const replaceUnhealthy = (region: Region, group: Group): void => {
  if (isSuspended(group, 'ReplaceUnhealthy') || isSuspended(group, 'Terminate')) return;
  for (const member of allMembers(group)) {
    if (member.health === 'Healthy' || !inService(member)) continue;
    terminate(
      region,
      group,
      member,
      'taken out of service in response to an EC2 or ELB health check failure',
    );
  }
};

const scaleOut = (region: Region, group: Group, refresh: Refresh | undefined): void => {
  if (isSuspended(group, 'Launch') || (group.launchAgainAt ?? 0) > region.now()) return;
  const have = allMembers(group).filter(counts).length;
  if (have >= group.desired) return;
  launch(region, group, {
    count: group.desired - have,
    choices: choicesOf(region, currentSource(group, refresh)),
    cause: `a difference between desired and actual capacity, increasing the capacity from ${have} to ${group.desired}`,
    refresh: launchingRefresh(refresh),
  });
};

const scaleIn = (region: Region, group: Group, refresh: Refresh | undefined): void => {
  if (isSuspended(group, 'Terminate')) return;
  const members = allMembers(group).filter(counts);
  if (members.length <= group.desired) return;
  // The instance launched to balance the zones must be in service before another one is terminated.
  const coming = members.filter((member) => member.rebalancing === true && isPending(member)).length;
  const excess = members.length - group.desired - coming - absorbedBy(region, group, refresh);
  if (excess <= 0) return;
  const choices = choicesOf(region, currentSource(group, refresh));
  const candidates = members.map((member) => ({
    id: member.id,
    zone: member.zone,
    launchedAt: member.launchedAt,
    protected: member.protected && inService(member),
    current: matches(choices, member),
    version: Number(member.template?.version ?? 0),
    pending: isPending(member),
  }));
  for (const id of victimsOf(candidates, excess, group.terminationPolicies)) {
    const member = group.instances[id];
    if (!member) continue;
    const cause =
      'taken out of service in response to a difference between desired and actual capacity, ' +
      `shrinking the capacity from ${members.length} to ${group.desired}`;
    terminate(region, group, member, cause);
  }
};

/** Runs one pass, and schedules the next one if something is due at a known time. */
export const reconcile = (region: Region, group: Group): void => {
  const graceEndsAt = checkHealth(region, group);
  const before = activeRefresh(region, group);
  if (group.deleting === true) return;
  replaceUnhealthy(region, group);
  const lookAgainAt = before ? stepRefresh(region, group, before) : undefined;
  const refresh = activeRefresh(region, group);
  scaleOut(region, group, refresh);
  scaleIn(region, group, refresh);
  rebalance(region, group, refresh);
  tendWarmPool(region, group, refresh);
  const due = [graceEndsAt, lookAgainAt, group.launchAgainAt, group.rebalanceAgainAt].filter(
    (at): at is number => at !== undefined && Number.isFinite(at) && at > region.now(),
  );
  if (due.length > 0) wake(region, group, Math.min(...due) - region.now());
};
