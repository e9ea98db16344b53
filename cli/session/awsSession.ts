import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { setTimeout as realSleep } from 'node:timers/promises';
import { namesOf } from '../../lib/aws/stackNames';
import { UsageError } from '../terminal/errors';
import { defaultStage, type Session, type SessionOptions } from './session';

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};

/**
 * A session on AWS. The SDK finds region and credentials as it always does: environment, profile, instance.
 * @throws UsageError without a region or without credentials.
 */
export const openAws = async (options: SessionOptions): Promise<Session> => {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const config = {
    maxAttempts: 6,
    // A region that does not answer at all must not hold the command for ever. The longest call is the invocation of a
    // function, which runs for at most 60 seconds.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 90_000, throwOnRequestTimeout: true },
    ...(options.region && { region: options.region }),
  };
  const sts = new STSClient(config);
  const region = await sts.config.region().catch(() => {
    throw new UsageError(
      'No region is set: give --region eu-west-1, or set AWS_REGION. To try without an account, give --local.',
    );
  });
  const identity = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `AWS does not know who you are (${message}). Log in, or try without an account: --local.`,
    );
  });
  const stage = options.stage ?? defaultStage;
  return {
    region,
    stage,
    names: namesOf({ region, account: identity.Account ?? '', stage }),
    requestedBy: identity.Arn ?? userName(),
    local: false,
    connect: (Class) => new Class({ ...config, region }),
    connectIn: (name, Class) => new Class({ ...config, region: name }),
    now: () => Date.now(),
    sleep: async (ms) => realSleep(ms),
    newId: () => randomUUID(),
    close: async () => undefined,
  };
};
