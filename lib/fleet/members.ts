import type { Group, Member } from './group';

/** Members that are coming, going or changing state: a fleet with any such member is not settled. */
const passing = /^(Pending|Terminating|EnteringStandby|Detaching|Replacing)/;

export const unsettled = (group: Pick<Group, 'instances'>): Member[] =>
  group.instances.filter(({ lifecycle }) => passing.test(lifecycle));

export const memberOf = (group: Pick<Group, 'instances'>, id: string): Member | undefined =>
  group.instances.find((member) => member.id === id);

/** No longer a member, or on its way out: what happened on it does not matter. */
export const isGone = (member: Pick<Member, 'lifecycle'> | undefined): boolean =>
  member === undefined || /^(Terminat|Detach)/.test(member.lifecycle);
