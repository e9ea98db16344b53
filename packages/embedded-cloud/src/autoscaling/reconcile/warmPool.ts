/**
 * The warm pool, as far as a deployment meets it: it is filled, launches take instances from it, and a refresh replaces
 * its instances.
 */
import type { Region } from '../../core/service';
import { allMembers, isSuspended, isWarm } from '../groups';
import { launch } from '../launching';
import { goalPercentage } from '../refresh/limits';
import { choicesOf, currentSource } from '../source';
import type { Group, Refresh } from '../state';
import { terminate } from '../terminating';

/**
 * How many instances the pool holds: up to the prepared capacity (by default the group's maximum), and at least its
 * minimum size.
 */
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
  // A partial refresh does not replace instances of the warm pool.
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
