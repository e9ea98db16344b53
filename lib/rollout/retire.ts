import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { Member } from '../fleet/group';
import { terminateMember } from '../fleet/terminateMember';
import { acrossZones, type Retirement } from './arithmetic';
import type { FleetView } from './fleetView';

/** The members that a retirement terminates. */
export const choose = (view: FleetView, retirement: Retirement): Member[] => {
  const inService = view.old.filter(({ lifecycle }) => lifecycle === 'InService');
  const isHealthy = ({ id }: Member) => view.healthy.has(id);
  return [
    ...acrossZones(inService.filter((member) => !isHealthy(member))).slice(0, retirement.unhealthy),
    ...acrossZones(inService.filter(isHealthy)).slice(0, retirement.healthy),
  ];
};

/**
 * Terminates members. It notes no effect: the way back replaces what is launched in their place. Members that are gone
 * already are skipped.
 * @returns ids of those that the group replaces: with decrement, where the minimum has risen meanwhile.
 */
export const retire = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  members: readonly Member[],
  decrement: boolean,
): Promise<string[]> => {
  if (members.length === 0) return [];
  await context.guard();
  const replaced: string[] = [];
  for (const { id } of members)
    if ((await terminateMember(autoScaling, context.record.group, id, decrement)) === 'replaced')
      replaced.push(id);
  return replaced;
};
