import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type DriftItem, driftKey } from '../../lib/drift/item';
import { type FreezeItem, freezeKeys } from '../../lib/engine/freeze';
import type { LockItem } from '../../lib/engine/lockItem';
import type { Session } from '../session/session';

/** A fleet's items in the locks table. */
export interface FleetItems {
  readonly lock: LockItem | undefined;
  /** Freezes made by hand, also those that are over. */
  readonly byHand: readonly FreezeItem[];
  /** What the watch has seen of the fleet's drift. */
  readonly seenDrift: DriftItem | undefined;
}

type FleetItem = LockItem | FreezeItem | DriftItem;
const isFreeze = (item: FleetItem): item is FreezeItem => item.fleet.startsWith('freeze:');
const isDrift = (item: FleetItem): item is DriftItem => item.fleet.startsWith('drift:');

/** Reads a fleet's lock, its freezes and its drift with one call. */
export const fleetItems = async (
  session: Session,
  application: string,
  group: string,
): Promise<FleetItems> => {
  const table = new Table<FleetItem>(session.connect(DynamoDBClient), session.names.locksTable);
  const found = await table.getAll([{ fleet: group }, ...freezeKeys(application), driftKey(application)]);
  return {
    lock: found.find((item): item is LockItem => !isFreeze(item) && !isDrift(item)),
    byHand: found.filter(isFreeze),
    seenDrift: found.find(isDrift),
  };
};
