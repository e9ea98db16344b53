/** The process AZRebalance (User Guide, "Auto Scaling group Availability Zone distribution", balanced best effort). */
import type { Region } from '../../core/service';
import { allMembers, inService, isSuspended, isWarm } from '../groups';
import { launch } from '../launching';
import { countByZone, isBalanced, lackingZones } from '../policy/zones';
import { choicesOf } from '../source';
import type { Group, Refresh } from '../state';

const needed = ['AZRebalance', 'Launch', 'Terminate'];

const isDue = (region: Region, group: Group): boolean =>
  Math.max(group.launchAgainAt ?? 0, group.rebalanceAgainAt ?? 0) <= region.now();

/**
 * Launches one in a zone that lacks instances before one in the fullest goes; never while anything else is under way.
 * Where those zones have no capacity nothing goes, and it is tried again later.
 */
export const rebalance = (region: Region, group: Group, refresh: Refresh | undefined): void => {
  if (refresh || needed.some((process) => isSuspended(group, process))) return;
  const members = allMembers(group).filter((member) => !isWarm(member));
  const serving = members.filter(inService);
  const busy = members.some((member) => !inService(member) && member.lifecycle !== 'Standby');
  if (busy || serving.length !== group.desired) return;
  const counts = countByZone(group.zones, serving);
  if (isBalanced(group.zones, counts)) {
    delete group.rebalanceFailures;
    delete group.rebalanceAgainAt;
    return;
  }
  if (!isDue(region, group)) return;
  launch(region, group, {
    count: 1,
    choices: choicesOf(region, group.launch),
    cause: 'an availability zone imbalance',
    rebalancing: true,
    zones: lackingZones(group.zones, counts),
  });
};
