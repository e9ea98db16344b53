import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import type { Host } from '../world';
import { endpointHost } from './endpoint';

/** Starts dynalite on a free port of the loopback interface. */
export const dynaliteHost = async (): Promise<Host> => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  return { ...endpointHost('dynalite', endpoint, 10), close };
};
