import { Worker } from 'node:worker_threads';
import type { Command, Reply } from './protocol';
import type { Transport } from './transport';

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export interface Message {
  readonly id: number;
  readonly command: Command;
}

/** Sends commands to a worker thread and returns its replies. If the worker dies, all pending commands fail. */
export const startThread = (file: string, data: unknown): Transport => {
  const worker = new Worker(file, { workerData: data });
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let death: Error | undefined;
  const die = (error: Error) => {
    death ??= error;
    for (const { reject } of pending.values()) reject(death);
    pending.clear();
  };
  worker.on('message', ({ id, reply }: { id: number; reply: Reply }) => {
    pending.get(id)?.resolve(reply);
    pending.delete(id);
  });
  worker.on('error', die);
  worker.on('exit', (code) => {
    die(new Error(`The embedded cloud's thread has ended (${String(code)}).`));
  });
  return {
    send: (command) =>
      new Promise((resolve, reject) => {
        if (death) {
          reject(death);
          return;
        }
        const id = nextId;
        nextId += 1;
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, command } satisfies Message);
      }),
    end: async () => {
      await worker.terminate();
    },
  };
};
