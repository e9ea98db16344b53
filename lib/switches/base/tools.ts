import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Channels } from '../../reporting/channels';
import type { ApplicationSettings } from '../../application/schema';
import { nameOf } from '../../aws/failure';
import type { World } from '../../aws/production';
import { Table } from '../../aws/table';
import { notify } from '../../reporting/notify';
import type { SwitchItem } from './item';
import { Switches } from './store';

/** What turning a switch on or off works with. */
export interface SwitchTools extends Pick<World, 'environment' | 'clock'> {
  readonly switches: Switches;
  readonly sfn: SFNClient;
  readonly channels: Channels;
  readonly switchOffMachineArn: string;
  readonly readSettings: (application: string) => Promise<{ readonly settings: ApplicationSettings }>;
}

export const makeSwitches = (dynamodb: DynamoDBClient, table: string): Switches =>
  new Switches(new Table<SwitchItem>(dynamodb, table));

export const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');

export const untilText = ({ until }: Pick<SwitchItem, 'until'>): string =>
  until === undefined ? 'until somebody ends it' : `until ${instant(until)}`;

/** Step Functions takes 80 characters of a few kinds. */
const executionName = ({ application, kind, switch: name, at, until }: SwitchItem, more: string): string => {
  const hash = createHash('sha256')
    .update(`${name} ${String(at)} ${String(until)} ${more}`)
    .digest('hex');
  return `${application}-${kind}-${hash.slice(0, 16)}`;
};

/**
 * Starts the machine that waits for the end and removes what was made. Started twice it is one execution.
 * @param more tells a further start of the same end from the first; that one only removes.
 */
export const awaitEnd = async (
  { sfn, switchOffMachineArn }: Pick<SwitchTools, 'sfn' | 'switchOffMachineArn'>,
  item: SwitchItem,
  more = '',
): Promise<void> => {
  if (item.until === undefined) return;
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: switchOffMachineArn,
        name: executionName(item, more),
        input: JSON.stringify({
          application: item.application,
          switch: item.switch,
          kind: item.kind,
          until: new Date(item.until).toISOString(),
          ...(item.made.reserveAt !== undefined &&
            more === '' && {
              reserveAt: new Date(item.made.reserveAt).toISOString(),
            }),
        }),
      }),
    );
  } catch (error) {
    // It has ended already.
    if (nameOf(error) !== 'ExecutionAlreadyExists') throw error;
  }
};

/** Tells the application's topic of a change. */
export const tell = async (
  { channels, environment, readSettings }: Pick<SwitchTools, 'channels' | 'environment' | 'readSettings'>,
  item: SwitchItem,
  told: {
    readonly on: boolean;
    readonly lines: readonly string[];
    readonly by: string;
    readonly undo?: string;
  },
): Promise<void> => {
  // An application that is gone from the settings is told of all the same.
  const settings = await readSettings(item.application).then(
    (found) => found.settings,
    () => undefined,
  );
  await notify(channels, environment, {
    kind: 'switched',
    application: item.application,
    ...(settings && { settings }),
    switch: item.kind,
    ...told,
  });
};
