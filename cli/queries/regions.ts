import type { RegionsAnswer } from '../../lib/failover/act';
import { ask } from '../session/ask';
import { UsageError } from '../terminal/errors';
import type { Session } from '../session/session';

/** The same session, in another region. */
export const sessionIn = (session: Session, region: string): Session => ({
  ...session,
  region,
  connect: (Class) => session.connectIn(region, Class),
});

/**
 * The URL of a queue that both regions have under one name. It is built rather than asked for, since a region that is down
 * does not tell it.
 */
export const queueUrlOf =
  ({ names }: Session, name: string) =>
  (region: string): string => {
    const [, partition, , , account = ''] = names.machineArn.split(':');
    const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    return `https://sqs.${region}.${suffix}/${account}/${names.queueName(name)}`;
  };

/**
 * The state of both regions, as the session's own region sees it.
 * @throws UsageError where that region does not answer: only it could tell which the other one is.
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

/** Whether the region did not answer, or answered that it fails itself. */
const isSilence = (error: unknown): boolean => {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'TimeoutError' || ($metadata?.httpStatusCode ?? 0) >= 500 || isConnectionError(error);
};

const isConnectionError = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE'].includes(
    String((error as { code?: string }).code),
  );
