import type { RepairSite } from '../engine/effectKind';
import { aws, data, inTurn, json, type Recorded, type RepairCommand } from '../engine/repairCommand';

/** How many members may be missing at once: those that the settings allow to be unhealthy, at least one. */
export const mayMiss = (fleetSize: number, minHealthyPercentage: number): number =>
  Math.max(1, Math.floor((fleetSize * (100 - minHealthyPercentage)) / 100));

/**
 * How a person replaces members of the group: each by its id, where so many may be missing at once. More of them by a
 * refresh, which keeps enough of the fleet healthy meanwhile, and replaces all members.
 */
export const replaceByHand = (
  first: Recorded<string>,
  others: readonly Recorded<string>[],
  { region, record: { group, settings, fleetSize } }: Recorded<RepairSite>,
): RepairCommand => {
  const { minHealthyPercentage } = settings.rollout;
  if (others.length + 1 > mayMiss(fleetSize ?? 0, minHealthyPercentage))
    return aws({ region }, 'autoscaling start-instance-refresh', {
      '--auto-scaling-group-name': data(group),
      '--preferences': json({
        MinHealthyPercentage: minHealthyPercentage,
        SkipMatching: false,
        ScaleInProtectedInstances: 'Refresh',
        StandbyInstances: 'Ignore',
      }),
    });
  const terminate = (id: Recorded<string>): RepairCommand =>
    aws({ region }, 'autoscaling terminate-instance-in-auto-scaling-group', {
      '--instance-id': data(id),
      '--no-should-decrement-desired-capacity': true,
    });
  return inTurn(terminate(first), ...others.map(terminate));
};
