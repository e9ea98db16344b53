import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import type { SwitchItem } from '../../lib/switches/base/item';
import { Switches } from '../../lib/switches/base/store';
import { type AnySwitch, anySwitch } from '../../lib/switches/kinds';
import { noStack } from '../session/noStack';
import type { Session } from '../session/session';
import { checkApplication } from './applications';

/** All switches of an application, also those that are off; the newest first. @throws UnreadableSwitch */
export const switchesOf = async (session: Session, application: string): Promise<AnySwitch[]> => {
  const table = new Table<SwitchItem>(session.connect(DynamoDBClient), session.names.switchesTable);
  const switches = new Switches(table, anySwitch);
  try {
    return await switches.list(application);
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw noStack(`table ${session.names.switchesTable} in ${session.region}`);
  }
};

/** As {@link switchesOf}. @throws RefusedEarly of an application that has neither settings nor any switch. */
export const knownSwitches = async (session: Session, application: string): Promise<AnySwitch[]> => {
  const items = await switchesOf(session, application);
  if (items.length === 0) await checkApplication(session, application);
  return items;
};
