/** How a refresh ends, and how it turns into its own rollback. */
import type { Region } from '../../core/service';
import { allMembers, wake } from '../groups';
import { dataOf, referencesIn } from '../source';
import type { Group, LaunchSource, Refresh } from '../state';
import { publishRefresh } from './events';

const end = (
  region: Region,
  group: Group,
  refresh: Refresh,
  status: Refresh['status'],
  reason?: string,
): void => {
  refresh.status = status;
  if (reason !== undefined) refresh.statusReason = reason;
  refresh.endedAt = region.now();
  delete refresh.checkpointUntil;
  delete refresh.bakeUntil;
  delete refresh.blockedSince;
  // The span starts at the request: AWS takes its time until the refresh is InProgress.
  const startedAt = refresh.requestedAt;
  region.span({ kind: 'refresh', subject: refresh.id, startedAt, endedAt: region.now() });
  wake(region, group);
};

/**
 * Only now does the desired configuration become the group's own, also after a partial refresh. New launches use it.
 * Instances that were not replaced are left to a later refresh.
 */
export const succeed = (region: Region, group: Group, refresh: Refresh): void => {
  if (refresh.rollback) {
    end(region, group, refresh, 'RollbackSuccessful');
    publishRefresh(region, group, refresh, 'Rollback Succeeded');
    return;
  }
  if (refresh.desired) group.launch = refresh.desired;
  end(region, group, refresh, 'Successful');
  publishRefresh(region, group, refresh, 'Succeeded');
};

export const cancelled = (region: Region, group: Group, refresh: Refresh): void => {
  end(region, group, refresh, 'Cancelled', 'Cancelled due to user request.');
  publishRefresh(region, group, refresh, 'Cancelled');
};

/** A failed refresh rolls back if AutoRollback is set. A failed rollback is not rolled back again. */
export const fail = (region: Region, group: Group, refresh: Refresh, reason: string): void => {
  if (refresh.rollback) {
    end(region, group, refresh, 'RollbackFailed', reason);
    publishRefresh(region, group, refresh, 'Rollback Failed');
  } else if (refresh.preferences.AutoRollback === true && refresh.status !== 'Pending') {
    rollBack(region, group, refresh, reason);
  } else {
    end(region, group, refresh, 'Failed', reason);
    publishRefresh(region, group, refresh, 'Failed');
  }
};

/** Replaces the instances that the refresh launched, with the configuration that the group still holds. */
export const rollBack = (region: Region, group: Group, refresh: Refresh, reason: string): void => {
  const { percentage, remaining } = refresh;
  refresh.rollback = { reason, startedAt: region.now(), percentage, remaining };
  refresh.status = 'RollbackInProgress';
  refresh.statusReason = reason;
  refresh.targets = {};
  for (const member of allMembers(group)) {
    if (member.refreshId !== refresh.id || member.lifecycle.startsWith('Terminating')) continue;
    refresh.targets[member.id] = true;
    delete member.refreshId;
    delete member.ready;
  }
  refresh.total = Object.keys(refresh.targets).length;
  refresh.percentage = 0;
  refresh.remaining = refresh.total;
  refresh.progressAt = region.now();
  delete refresh.checkpointUntil;
  delete refresh.bakeUntil;
  delete refresh.blockedSince;
  publishRefresh(region, group, refresh, 'Rollback Started');
  wake(region, group);
};

const isNumbered = (version: string) => /^\d+$/.test(version);

/**
 * Why a rollback to a configuration is not possible; undefined if it is possible (User Guide, "Undo changes with a
 * manual or auto rollback").
 */
export const rollbackProblem = (
  region: Region,
  source: LaunchSource,
  what: 'current' | 'desired',
): string | undefined => {
  const references = referencesIn(region, source);
  if (!references.every(({ version }) => isNumbered(version))) {
    return `the ${what} configuration uses the $Latest or $Default version of a launch template`;
  }
  const byParameter = references.some((reference) =>
    (dataOf(region, reference).ImageId ?? '').startsWith('resolve:ssm:'),
  );
  return byParameter
    ? `the ${what} configuration has a launch template that uses an AWS Systems Manager parameter instead of an AMI ID`
    : undefined;
};
