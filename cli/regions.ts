import type { RegionsAnswer } from '../lib/failover/act';
import { ask } from './ask';
import type { Session } from './session';

/** The session in another region. */
export const sessionIn = (session: Session, region: string): Session => ({
  ...session,
  region,
  connect: (Class) => session.connectIn(region, Class),
});

/** The URL of a queue that both regions have under one name; SQS gives it no other form, and a region that is down tells none. */
export const queueUrlOf =
  ({ names }: Session, name: string) =>
  (region: string): string => {
    const [, partition, , , account = ''] = names.machineArn.split(':');
    const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    return `https://sqs.${region}.${suffix}/${account}/${names.queueName(name)}`;
  };

/** How the regions stand, as the session's own region sees them. */
export const regionsSeen = async (session: Session): Promise<RegionsAnswer> =>
  ask<RegionsAnswer>(session, 'Failover', { status: true });

/**
 * Makes a region active. The region that is to be active is asked: that it answers is what is needed, and the other one
 * may be down.
 */
export const changeRegion = async (
  session: Session,
  what: 'failover' | 'failback',
  input: { readonly by: string; readonly reason: string; readonly auto?: boolean },
): Promise<RegionsAnswer> => {
  const { home, standby = home } = await regionsSeen(session);
  const target = what === 'failover' ? standby : home;
  return ask<RegionsAnswer>(sessionIn(session, target), what === 'failover' ? 'Failover' : 'Failback', input);
};
