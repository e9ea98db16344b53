import { parentPort, workerData } from 'node:worker_threads';
import type { StateFilePlace } from './client';
import { Host } from './host';
import type { CloudFactory } from './cloudFactory';
import type { Reply } from './protocol';
import type { Message } from './thread';

/** The data with which the thread was started. */
export type ThreadData = StateFilePlace & { readonly root: string };

const unmade = (error: unknown): Reply => {
  const { name, message } = error as Error;
  return { error: { aws: false, name, message, details: {} } };
};

/**
 * Runs the commands that the main thread sends. If the factory cannot be made, that error is the reply to each of
 * them.
 */
export const serveStateFile = (makeFactory: (data: ThreadData) => Promise<CloudFactory>): void => {
  const data = workerData as ThreadData;
  const host = makeFactory(data).then((factory) => new Host(data, factory));
  parentPort?.on('message', ({ id, command }: Message) => {
    const reply = host.then((made) => made.handle(command)).catch(unmade);
    void reply.then((answer) => parentPort?.postMessage({ id, reply: answer }));
  });
};
