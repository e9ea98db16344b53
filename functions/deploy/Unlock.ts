import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { lambda } from '../../lib/deployment/step';

interface UnlockEvent {
  readonly deployment: string;
  readonly execution: string;
}

/** Lets go of the fleet's lock; does nothing where this execution does not hold it. */
export const make = (world: World) => {
  const core = makeCore(world, connect(DynamoDBClient, world.environment.region));
  return lambda<UnlockEvent, { released: boolean }>(core, 'Unlock', async ({ deployment, execution }) => {
    const record = await core.records.find(deployment);
    // A request that was refused before its settings were known has no fleet, and so no lock.
    if (record?.group === undefined) return { released: false };
    return { released: (await core.locks.release({ fleet: record.group, owner: execution })).done };
  });
};

export const handler = make(production(process.env));
