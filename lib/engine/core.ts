import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { World } from '../aws/production';
import { Table } from '../aws/table';
import type { Effect } from './effect';
import { Effects } from './effects';
import { type FreezeItem, Freezes } from './freeze';
import { Locks } from './lock';
import type { LockItem } from './lockItem';
import { type DeploymentRecord, Records, type StepItem } from './record';
import { type Release, Releases } from './releases';

/** The stores that every step works with. */
export interface Core extends World {
  readonly records: Records;
  readonly effects: Effects;
  readonly locks: Locks;
  readonly freezes: Freezes;
  readonly releases: Releases;
}

export const makeCore = (world: World, dynamodb: DynamoDBClient): Core => {
  const { tables } = world.environment;
  return {
    ...world,
    records: new Records(new Table<DeploymentRecord | StepItem>(dynamodb, tables.deployments)),
    effects: new Effects(new Table<Effect>(dynamodb, tables.deployments), world.clock),
    locks: new Locks(new Table<LockItem>(dynamodb, tables.locks)),
    freezes: new Freezes(new Table<FreezeItem>(dynamodb, tables.locks)),
    releases: new Releases(new Table<Release>(dynamodb, tables.releases)),
  };
};
