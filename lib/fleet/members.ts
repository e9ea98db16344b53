import type { Group, Member } from './group';

/** Coming, going or changing sides: a fleet with any such member is not settled. */
const passing = /^(Pending|Terminating|EnteringStandby|Detaching|Replacing)/;

export const unsettled = (group: Pick<Group, 'instances'>): Member[] =>
  group.instances.filter(({ lifecycle }) => passing.test(lifecycle));

export const memberOf = (group: Pick<Group, 'instances'>, id: string): Member | undefined =>
  group.instances.find((member) => member.id === id);

/** Not a member any more, or on its way out: what happened on it is of no matter. */
export const isGone = (member: Member | undefined): boolean =>
  member === undefined || /^(Terminat|Detach)/.test(member.lifecycle);
