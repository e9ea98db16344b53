/** The start of a refresh: checks the alarms and notes the instances to replace. */
import type { Region } from '../../core/service';
import { allMembers, isWarm } from '../groups';
import { choicesOf, matches } from '../source';
import type { Group, Member, Refresh } from '../state';
import { isInAlarm } from './alarms';
import { fail } from './ending';
import { publishRefresh } from './events';

/**
 * Whether the refresh has to replace the instance. Blocked instances (`Wait`) count too: the refresh cannot end before
 * them.
 */
const isTarget = (refresh: Refresh, member: Member): boolean => {
  const { StandbyInstances = 'Wait', ScaleInProtectedInstances = 'Wait' } = refresh.preferences;
  if (/^(Terminating|Detaching|Warmed:Terminating)/.test(member.lifecycle)) return false;
  if (/Standby$/.test(member.lifecycle)) return StandbyInstances !== 'Ignore';
  return !(member.protected && ScaleInProtectedInstances === 'Ignore');
};

export const begin = (region: Region, group: Group, refresh: Refresh): void => {
  refresh.startedAt = region.now();
  refresh.progressAt = region.now();
  publishRefresh(region, group, refresh, 'Started');
  const ringing = (refresh.preferences.AlarmSpecification?.Alarms ?? []).find((name) =>
    isInAlarm(region, name),
  );
  if (ringing !== undefined) {
    fail(region, group, refresh, `The CloudWatch alarm ${ringing} is in ALARM state.`);
    return;
  }
  const choices = choicesOf(region, refresh.desired ?? group.launch);
  const skip = refresh.preferences.SkipMatching === true;
  for (const member of allMembers(group)) {
    if (isTarget(refresh, member) && !(skip && matches(choices, member))) refresh.targets[member.id] = true;
  }
  refresh.total = allMembers(group).filter((member) => refresh.targets[member.id] && !isWarm(member)).length;
  refresh.remaining = refresh.total;
  refresh.status = 'InProgress';
};
