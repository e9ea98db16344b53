/** What follows a lifecycle hook: an abandoned launch is terminated; a termination goes on with either result. */
import type { Region } from '../core/service';
import { endActivityOf } from './activities';
import { memberById } from './groups';
import { enterService } from './launching';
import type { Group, Member } from './state';
import { switchOff, terminate } from './terminating';

export const completeHook = (
  region: Region,
  group: Group,
  member: Member,
  result: 'CONTINUE' | 'ABANDON',
): void => {
  delete member.hook;
  if (member.lifecycle === 'Terminating:Wait') return switchOff(region, group, member);
  if (member.lifecycle !== 'Pending:Wait') return;
  if (result === 'CONTINUE') return enterService(region, group, member);
  endActivityOf(region, group, member, 'Failed', 'The lifecycle action of the launch was abandoned.');
  terminate(region, group, member, 'taken out of service in response to an abandoned lifecycle action');
};

/** Somebody outside completes the action, unless it has ended meanwhile. */
export const hookCompleted = (
  region: Region,
  { instanceId, token, result }: { instanceId: string; token: string; result: 'CONTINUE' | 'ABANDON' },
): void => {
  const found = memberById(region, instanceId);
  if (found?.member.hook?.token === token) completeHook(region, found.group, found.member, result);
};

/** Ends a hook by its time-out, unless it was completed or extended meanwhile. */
export const hookTimedOut = (
  region: Region,
  payload: { readonly instanceId: string; readonly token: string },
): void => {
  const found = memberById(region, payload.instanceId);
  if (!found) return;
  const { group, member } = found;
  if (member.hook?.token !== payload.token || region.now() < member.hook.deadline) return;
  completeHook(region, group, member, group.hooks[member.hook.name]?.defaultResult ?? 'ABANDON');
};
