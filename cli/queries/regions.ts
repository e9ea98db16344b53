import type { RegionsAnswer } from '../../lib/failover/act';
import { ask } from '../session/ask';
import { UsageError } from '../terminal/exitCodes';
import type { Session } from '../session/session';

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

/**
 * How the regions stand, as the session's own region sees them.
 * @throws UsageError where that region does not answer: which the other one is, only it could tell.
 */
export const regionsSeen = async (session: Session): Promise<RegionsAnswer> => {
  try {
    return await ask<RegionsAnswer>(session, 'Failover', { status: true });
  } catch (error) {
    if (!isSilence(error)) throw error;
    throw new UsageError(
      `${session.region} does not answer (${(error as Error).name}). Ask the other region: give --region with the standby's name.`,
    );
  }
};

/** No answer, or one that says that the region itself has trouble. */
const isSilence = (error: unknown): boolean => {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'TimeoutError' || ($metadata?.httpStatusCode ?? 0) >= 500 || isConnectionError(error);
};

const isConnectionError = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE'].includes(
    String((error as { code?: string }).code),
  );

/**
 * Makes a region active. The region that is to be active is asked: that it answers is what is needed, and the other one
 * may be down.
 */
export const changeRegion = async (
  session: Session,
  what: 'failover' | 'failback',
  input: { readonly by: string; readonly reason: string; readonly auto?: boolean; readonly pin?: boolean },
): Promise<RegionsAnswer> => {
  const { home, standby = home } = await regionsSeen(session);
  const target = what === 'failover' ? standby : home;
  return ask<RegionsAnswer>(sessionIn(session, target), what === 'failover' ? 'Failover' : 'Failback', input);
};
