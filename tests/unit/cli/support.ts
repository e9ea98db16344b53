import { namesOf } from '../../../lib/aws/stackNames';
import type { SdkClientClass, Session } from '../../../cli/session/session';
import type { Context } from '../../../cli/session/context';
import { exitCodes } from '../../../cli/terminal/exitCodes';
import type { Terminal } from '../../../cli/terminal/terminal';
import type { DeploymentRecord } from '../../../lib/engine/record';

/** A session with unconnected clients, to be mocked, and with the clients that are given. */
export const sessionWith = (
  options: { readonly clients?: readonly object[]; readonly now?: () => number } & Partial<Session> = {},
): Session => {
  const { clients = [], ...more } = options;
  return {
    region: 'eu-west-1',
    stage: 'test',
    names: namesOf({ region: 'eu-west-1', account: '111122223333', stage: 'test' }),
    requestedBy: 'dana',
    local: false,
    connect: <Client>(Class: SdkClientClass<Client>): Client =>
      (clients.find((client) => client instanceof Class) as Client | undefined) ??
      new Class({ region: 'eu-west-1' }),
    connectIn: (region, Class) => new Class({ region }),
    now: () => Date.UTC(2026, 10, 22, 8),
    sleep: async () => undefined,
    newId: () => 'id',
    close: async () => undefined,
    ...more,
  };
};

/** A terminal that keeps what is written to it. */
export const keptTerminal = (): Terminal & { readonly outs: string[]; readonly notes: string[] } => {
  const [outs, notes]: [string[], string[]] = [[], []];
  return {
    outs,
    notes,
    out: (text) => outs.push(text),
    note: (text) => notes.push(text),
    write: () => undefined,
    live: false,
    colours: false,
    columns: 100,
  };
};

/** A command's context, with a terminal that keeps what is written to it, and without a session. */
export const contextWith = <Kept extends Terminal = ReturnType<typeof keptTerminal>>(
  terminal: Kept,
  more: Partial<Context> = {},
): Context & { readonly terminal: Kept } => ({
  root: '',
  folder: '',
  open: () => Promise.reject(new Error('This test opens no session.')),
  exitCode: exitCodes.done,
  ...more,
  terminal,
});

/** The part of a record that a person sees. */
export const recordOf = (deployment: string, more: Partial<DeploymentRecord> = {}): DeploymentRecord =>
  ({
    deployment,
    item: 'record',
    kind: 'deployment',
    application: 'api',
    version: 'v2',
    strategy: 'golden-instance',
    rollout: 'instance-refresh',
    execution: `arn:aws:states:eu-west-1:111122223333:execution:forseti-test-deploy:${deployment}`,
    group: 'api',
    acceptedAt: Date.UTC(2026, 10, 22, 7),
    ...more,
  }) as DeploymentRecord;
