import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { setTimeout as realSleep } from 'node:timers/promises';
import { UsageError } from '../terminal/exitCodes';
import type { Home } from './home';
import { type Names, namesOf } from '../../lib/aws/stackNames';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each client has a configuration type of its own
export type ClientClass<Client> = new (config: any) => Client;

/** A region that refuses every call; times are epoch milliseconds. */
export interface RegionDown {
  readonly region: string;
  readonly from: number;
  readonly until: number;
}

/** Where a command works: an AWS account and region, or the embedded cloud. */
export interface Session {
  readonly region: string;
  readonly stage: string;
  readonly names: Names;
  /** Who asks, for the record. */
  readonly requestedBy: string;
  readonly local: boolean;
  connect<Client>(Class: ClientClass<Client>): Client;
  /** A client of another region. */
  connectIn<Client>(region: string, Class: ClientClass<Client>): Client;
  /** On the embedded cloud only: whole regions are down for a while. */
  readonly outages?: (plans: readonly RegionDown[]) => Promise<void>;
  /** Epoch milliseconds: virtual on the embedded cloud. */
  now(): number;
  /** On the embedded cloud, that much virtual time passes at once. */
  sleep(ms: number): Promise<void>;
  newId(): string;
  /** Saves the embedded cloud, lets go of its file. */
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly local?: boolean;
  readonly region?: string;
  readonly stage?: string;
}

export const defaultStage = 'production';

const user = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};

/** The SDK finds region and credentials as it always does: environment, profile, instance. */
export const openAws = async (options: SessionOptions): Promise<Session> => {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const config = {
    maxAttempts: 6,
    // A region that is silent, rather than refusing, must not keep a person waiting for good. A function of ours, which is
    // the longest that a command waits for, runs for 60 s at most.
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
    requestedBy: identity.Arn ?? user(),
    local: false,
    connect: (Class) => new Class({ ...config, region }),
    connectIn: (name, Class) => new Class({ ...config, region: name }),
    now: () => Date.now(),
    sleep: async (ms) => realSleep(ms),
    newId: () => randomUUID(),
    close: async () => undefined,
  };
};

export const openSession = async (options: SessionOptions, home: Home): Promise<Session> => {
  if (!options.local) return openAws(options);
  const { openLocal } = await import('./localSession');
  return openLocal(options, home);
};

/** Opens, works, and closes whatever happens. */
export const withSession = async <Answer>(
  options: SessionOptions,
  home: Home,
  work: (session: Session) => Promise<Answer>,
): Promise<Answer> => {
  const session = await openSession(options, home);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};
