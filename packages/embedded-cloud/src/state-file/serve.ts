import { parentPort, workerData } from 'node:worker_threads';
import type { Place } from './client';
import { Host } from './host';
import type { House } from './house';
import type { Reply } from './protocol';
import type { Message } from './thread';

/** What the thread was started with. */
export type ThreadData = Place & { readonly root: string };

const unmade = (error: unknown): Reply => {
  const { name, message } = error as Error;
  return { error: { aws: false, name, message, details: {} } };
};

/** Does the commands that the main thread sends. A house that cannot be made is the answer to each of them. */
export const serve = (makeHouse: (data: ThreadData) => Promise<House>): void => {
  const data = workerData as ThreadData;
  const host = makeHouse(data).then((house) => new Host(data, house));
  parentPort?.on('message', ({ id, command }: Message) => {
    const reply = host.then((made) => made.handle(command)).catch(unmade);
    void reply.then((answer) => parentPort?.postMessage({ id, reply: answer }));
  });
};
