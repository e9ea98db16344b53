import { userInfo } from 'node:os';
import { join } from 'node:path';
import { openInWorker, type StateFilePlace, type StoredCloud } from '@forseti/embedded-cloud/client';
import { UsageError } from '../terminal/errors';
import type { Home } from './home';
import { beforeEnding } from '../terminal/interrupt';
import { namesOf } from '../../lib/aws/stackNames';
import { defaultStage, type Session, type SessionOptions } from './session';

/** In the working directory, so that each project has an embedded cloud of its own. */
export const stateFile = join('.forseti', 'cloud.json');

/**
 * Opens the embedded cloud that is kept in a file. Always close it: changes are saved only then.
 * @param holder the command that uses it, for the refusal that another command gets meanwhile.
 * @throws UsageError where the file cannot be read, or another command holds it.
 */
export const openCloud = async (
  home: Home,
  holder: string,
  fresh?: StateFilePlace['fresh'],
): Promise<StoredCloud> => {
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
    // The messages of these errors say what to do.
    if (error instanceof Error && error.name.startsWith('StateFile')) throw new UsageError(error.message);
    throw error;
  }
};

/** The account of the embedded cloud, as STS tells it. @throws UsageError for a region that the cloud does not have. */
const accountOf = async (cloud: StoredCloud, region: string): Promise<string> => {
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

/** A session on an embedded cloud that is open already. */
export const sessionOn = async (cloud: StoredCloud, options: SessionOptions): Promise<Session> => {
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
    // Made of virtual time, so that the same commands on the same seed give the same run.
    newId: () => `${region} ${String(cloud.now())}`,
    close: async () => cloud.close(),
  };
};

/** A session on the embedded cloud of the working directory. @param holder see {@link openCloud} */
export const openLocal = async (options: SessionOptions, home: Home, holder: string): Promise<Session> => {
  const cloud = await openCloud(home, holder);
  try {
    return await sessionOn(cloud, options);
  } catch (error) {
    await cloud.close();
    throw error;
  }
};
