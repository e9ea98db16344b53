import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type FreezeItem, freezeKeys } from '../../lib/engine/freeze';
import type { LockItem } from '../../lib/engine/lockItem';
import type { Session } from '../session/session';

/** A fleet's items in the locks table. */
export interface FleetItems {
  readonly lock: LockItem | undefined;
  /** Freezes made by hand, also those that are over. */
  readonly byHand: readonly FreezeItem[];
}

/** Reads a fleet's lock and its freezes with one call. */
export const fleetItems = async (
  session: Session,
  application: string,
  group: string,
): Promise<FleetItems> => {
  const table = new Table<LockItem | FreezeItem>(session.connect(DynamoDBClient), session.names.locksTable);
  const found = await table.getAll([{ fleet: group }, ...freezeKeys(application)]);
  const isFreeze = (item: LockItem | FreezeItem): item is FreezeItem => item.fleet.startsWith('freeze:');
  return {
    lock: found.find((item): item is LockItem => !isFreeze(item)),
    byHand: found.filter(isFreeze),
  };
};
