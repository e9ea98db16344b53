import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that was started here. It leads a process group of its own, so that its children are ended with it. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  /** The end of what it printed. */
  readonly tail: () => string;
  readonly ended: () => boolean;
  readonly stop: () => Promise<void>;
}

const endGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
};

/** Leaders of the running groups. */
const groups = new Set<number>();

const endAll = (): void => {
  for (const pid of groups) endGroup(pid, 'SIGKILL');
};

/**
 * A process that ends by a signal has no `exit` event. Without this, the processes that were started would remain in
 * their groups.
 */
const seeToTheEnd = (): void => {
  process.once('exit', endAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      endAll();
      // No other listener handles the signal, so it ends this process as it would without the handler.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
};

/** A server has 10 s to end by itself; then it is killed. */
const stopChild = async (child: ChildProcess, pid: number): Promise<void> => {
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  endGroup(pid, 'SIGTERM');
  for (let waitedMs = 0; !gone() && waitedMs < 10_000; waitedMs += 50) await sleep(50);
  // Its children may still run.
  endGroup(pid, 'SIGKILL');
};

/**
 * Starts a server whose output goes to a file. If this process ends without stopping it, it is killed.
 * @param options.environment the whole environment: nothing is inherited.
 */
export const start = (
  name: string,
  command: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly log: string; readonly environment: NodeJS.ProcessEnv },
): Running => {
  const output = openSync(options.log, 'w');
  const [file, ...parameters] = command;
  const child = spawn(file, parameters, {
    cwd: options.cwd,
    env: options.environment,
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  let failure = '';
  child.on('error', (error) => {
    failure = error.message;
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} could not be started: ${file} ${failure}`);
  if (groups.size === 0 && process.listeners('exit').every((one) => one !== endAll)) seeToTheEnd();
  groups.add(pid);
  let stopping: Promise<void> | undefined;
  return {
    name,
    pid,
    tail: () => readFileSync(options.log, 'utf8').slice(-2000),
    ended: () => child.exitCode !== null || child.signalCode !== null || failure !== '',
    stop: () =>
      (stopping ??= stopChild(child, pid).finally(() => {
        groups.delete(pid);
      })),
  };
};

/** A free port of the loopback interface. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('The system named no free port.'));
      });
    });
  });

/** @throws Error with the end of its output, if it ends or does not answer in time. */
export const untilAnswers = async (
  { name, tail, ended }: Running,
  url: string,
  timeoutMs = 60_000,
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (!ended() && Date.now() < deadline) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    if (answered) return;
    await sleep(50);
  }
  throw new Error(`${name} ${ended() ? 'ended' : 'does not answer'} at its start:\n${tail()}`);
};
