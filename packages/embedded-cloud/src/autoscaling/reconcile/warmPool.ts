/** The warm pool, as far as a deployment meets it: filled, drawn on by launches, and refreshed with the group. */
import type { Region } from '../../core/service';
import { allMembers, isSuspended, isWarm } from '../groups';
import { launch } from '../launching';
import { goalPercentage } from '../refresh/limits';
import { choicesOf, currentSource } from '../source';
import type { Group, Refresh } from '../state';
import { terminate } from '../terminating';

/** How many instances the pool holds: up to the prepared capacity (the group's maximum by default), at least its minimum. */
export const warmPoolSize = (group: Group): number =>
  group.warmPool
    ? Math.max(group.warmPool.minSize, (group.warmPool.maxPrepared ?? group.maxSize) - group.desired, 0)
    : 0;

export const tendWarmPool = (region: Region, group: Group, refresh: Refresh | undefined): void => {
  const warm = allMembers(group).filter(
    (member) => isWarm(member) && member.lifecycle !== 'Warmed:Terminating',
  );
  if (!group.warmPool && warm.length === 0) return;
  if (isSuspended(group, 'Terminate') || isSuspended(group, 'Launch')) return;
  const replacing = refresh?.status === 'InProgress' || refresh?.status === 'RollbackInProgress';
  // A partial refresh ends before the warm pool's turn comes.
  const stale =
    replacing && goalPercentage(refresh) === 100 ? warm.filter((member) => refresh.targets[member.id]) : [];
  const surplus = warm.filter((member) => !stale.includes(member)).slice(warmPoolSize(group));
  for (const member of [...stale, ...surplus]) {
    if (refresh) delete refresh.targets[member.id];
    terminate(region, group, member, 'taken out of the warm pool');
  }
  const missing = warmPoolSize(group) - (warm.length - stale.length - surplus.length);
  if (missing <= 0 || (group.launchAgainAt ?? 0) > region.now()) return;
  const choices = choicesOf(region, currentSource(group, refresh));
  launch(region, group, { count: missing, choices, cause: 'the size of the warm pool', refresh, warm: true });
};
