import type { RegionsAnswer } from '../../lib/failover/act';
import { regionsSeen, sessionIn } from '../queries/regions';
import { ask } from '../session/ask';
import type { Session } from '../session/session';

/** Makes a region active. The call goes to the region that is to be active: the other one may be down. */
export const changeActiveRegion = async (
  session: Session,
  what: 'failover' | 'failback',
  input: { readonly by: string; readonly reason: string; readonly auto?: boolean; readonly pin?: boolean },
): Promise<RegionsAnswer> => {
  const { home, standby = home } = await regionsSeen(session);
  const target = what === 'failover' ? standby : home;
  return ask<RegionsAnswer>(sessionIn(session, target), what === 'failover' ? 'Failover' : 'Failback', input);
};
