import { userInfo } from 'node:os';
import { join } from 'node:path';
import {
  type LocalCloud,
  openInWorker,
  type Place,
} from '../../packages/embedded-cloud/src/state-file/client';
import { UsageError } from '../terminal/exitCodes';
import type { Home } from './home';
import { beforeEnding } from '../terminal/interrupt';
import { namesOf } from '../../lib/aws/stackNames';
import { defaultStage, type Session, type SessionOptions } from './session';

/** Beside the user's own files, so that each project has its own cloud. */
export const stateFile = join('.forseti', 'cloud.json');

/** Opens the embedded cloud that is kept in a file. Always close it: what was done is lost otherwise. */
export const openCloud = async (home: Home, holder: string, fresh?: Place['fresh']): Promise<LocalCloud> => {
  try {
    const cloud = await openInWorker({
      worker: join(home.folder, 'worker.cjs'),
      root: home.root,
      file: stateFile,
      holder,
      ...(fresh && { fresh }),
    });
    beforeEnding(() => cloud.close());
    return cloud;
  } catch (error) {
    // Each of these says what to do.
    if (error instanceof Error && error.name.startsWith('StateFile')) throw new UsageError(error.message);
    throw error;
  }
};

/** The account of the embedded cloud, as anybody would ask for it. */
const accountOf = async (cloud: LocalCloud, region: string): Promise<string> => {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  try {
    const sts = cloud.connect(region)(STSClient);
    const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return account;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTFOUND') throw error;
    throw new UsageError(
      `The embedded cloud has no region ${region}; its home is ${cloud.home}. Regions stand in its description.`,
    );
  }
};

/** A session on an open cloud. */
export const sessionOn = async (cloud: LocalCloud, options: SessionOptions): Promise<Session> => {
  const region = options.region ?? cloud.home;
  const stage = options.stage ?? defaultStage;
  return {
    region,
    stage,
    names: namesOf({ region, account: await accountOf(cloud, region), stage }),
    requestedBy: userInfo().username,
    local: true,
    connect: (Class) => cloud.connect(region)(Class),
    connectIn: (name, Class) => cloud.connect(name)(Class),
    outages: (plans) => cloud.setOutages(plans),
    now: () => cloud.now(),
    sleep: async (ms) => cloud.advance(ms),
    // By virtual time, so that the same commands on the same seed give the same run.
    newId: () => `${region} ${String(cloud.now())}`,
    close: async () => cloud.close(),
  };
};

export const openLocal = async (options: SessionOptions, home: Home): Promise<Session> => {
  const cloud = await openCloud(home, `forseti ${process.argv.slice(2).join(' ')}`);
  try {
    return await sessionOn(cloud, options);
  } catch (error) {
    await cloud.close();
    throw error;
  }
};
