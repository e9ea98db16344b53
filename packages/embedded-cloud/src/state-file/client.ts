/**
 * An embedded cloud that is kept in a file, as the command line tool uses it.
 *
 *     const cloud = await openInWorker({ worker: 'worker.cjs', root: '.', file: '.cloud.json', holder: 'my-tool deploy' });
 *     const ec2 = cloud.connect()(EC2Client);          // real SDK clients, in the home region by default
 *     await ec2.send(new DescribeInstancesCommand({}));
 *     await cloud.putEvent({ Source: 'ci', DetailType: 'Git Tag Pushed', Detail: {…} });
 *     await cloud.advance(60_000);                      // lets virtual time pass; it stands still otherwise
 *     const everything = await cloud.show();            // now, every service's state, calls, cost
 *     await cloud.reset(description, seed);             // a new cloud from a description
 *     await cloud.close();                              // saves, releases the lock, ends the worker
 *
 * The cloud runs in a worker thread, since its virtual time would stop the caller's own timers. For tests,
 * `openInThisThread` (inProcess.ts) has the same interface without a thread. Commands run one after the other, in the
 * given order. A call takes its latency in virtual time. An execution continues only while time passes: to wait for its
 * end, alternate between describing it and `advance`. Always `close`, even after an error. Otherwise changes since the
 * last save are lost.
 *
 * Errors: opening throws `StateFileLocked`, `StateFileOutdated` or `StateFileBroken`, and each message says what to do.
 * Clients throw SDK exceptions, as in production.
 */
import type { CustomEvent } from '../cloud/customEvent';
import { AwsError } from '../core/errors';
import type { OutagePlan } from '../core/faults';
import { connect, type ClientClass } from '../sdk/connect';
import type { Command, Reply, Shown, TextRequest, TextResponse } from './protocol';
import { startThread } from './thread';
import type { Transport } from './transport';

export interface StoredCloud {
  /** The first region of the description. */
  readonly home: string;
  /** Virtual time after the last command, in epoch milliseconds. */
  now(): number;
  /** Makes clients of a region (home by default) that act as a person with all permissions. */
  connect(region?: string): <Client>(Class: ClientClass<Client>, config?: object) => Client;
  /** Lets virtual time pass. */
  advance(ms: number): Promise<void>;
  /** Puts an event on a region's default bus. */
  putEvent(event: CustomEvent, region?: string): Promise<void>;
  /** Makes whole regions fail for a while. Replaces earlier outages, and lasts until the cloud is closed. */
  setOutages(plans: readonly OutagePlan[]): Promise<void>;
  /** Sends a request to a function URL of a region, as anybody on the internet could. */
  request(request: TextRequest, region?: string): Promise<TextResponse>;
  show(): Promise<Shown>;
  /** Names of the actions that are simulated, by IAM's prefix of their service. */
  actions(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Makes a new cloud from a description (parsed YAML; a default one if omitted). */
  reset(description?: unknown, seed?: number): Promise<void>;
  /** Writes the file now. */
  save(): Promise<void>;
  /** A second call waits for the first. */
  close(): Promise<void>;
}

export interface StateFilePlace {
  /** The state file. If it does not exist, it is created with the default description. */
  readonly file: string;
  /** The command line that holds the lock. Other processes show it if they find the file locked. */
  readonly holder: string;
  /** Makes a new cloud whatever the file holds, even if it cannot be read. */
  readonly fresh?: { readonly description?: unknown; readonly seed?: number };
}

const thrown = (failure: Extract<Reply, { error: unknown }>['error']): Error => {
  if (failure.aws) return new AwsError(failure.name, failure.message, failure.details);
  return Object.assign(new Error(failure.message), { name: failure.name, ...failure.details });
};

/** The interface above, on any transport. @throws if the file cannot be opened; the transport is then ended */
export const clientOf = async (transport: Transport): Promise<StoredCloud> => {
  let home = '';
  let now = 0;
  let closing: Promise<void> | undefined;
  const send = async (command: Command): Promise<unknown> => {
    const reply = await transport.send(command);
    if ('error' in reply) throw thrown(reply.error);
    ({ home, now } = reply);
    return reply.answer;
  };
  try {
    await send({ kind: 'open' });
  } catch (error) {
    await transport.end();
    throw error;
  }
  return {
    get home() {
      return home;
    },
    now: () => now,
    connect: (region = home) =>
      connect({
        region,
        answer: (name, service, action, input) =>
          send({ kind: 'call', region: name, service, action, input }),
      }),
    advance: async (ms) => {
      await send({ kind: 'advance', ms });
    },
    putEvent: async (event, region = home) => {
      await send({ kind: 'putEvent', region, event });
    },
    setOutages: async (plans) => {
      await send({ kind: 'outages', plans });
    },
    request: async (request, region = home) =>
      (await send({ kind: 'request', region, request })) as TextResponse,
    actions: async () => (await send({ kind: 'actions' })) as Readonly<Record<string, readonly string[]>>,
    show: async () => (await send({ kind: 'show' })) as Shown,
    reset: async (description, seed) => {
      await send({ kind: 'reset', description, seed });
    },
    save: async () => {
      await send({ kind: 'save' });
    },
    close: () =>
      (closing ??= send({ kind: 'close' })
        .then(() => undefined)
        .finally(() => transport.end())),
  };
};

/**
 * Opens a state file with the cloud in a worker thread. `worker` is a bundled CommonJS file that calls
 * `serveStateFile`. It gets `root`, the folder of the project whose stack it runs.
 */
export const openInWorker = (
  place: StateFilePlace & { readonly worker: string; readonly root: string },
): Promise<StoredCloud> => {
  const { worker, ...data } = place;
  return clientOf(startThread(worker, data));
};
