import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { makeCore } from '../../lib/deployment/core';
import { lambda } from '../../lib/deployment/step';
import { unlock, type UnlockEvent } from '../../lib/deployment/unlock';
import { type Pointer, type Wait, Waits } from '../../lib/waiting/waits';

/** Lets go of the fleet's lock. */
export const make = (world: World) => {
  const { region, tables, waitingQueueUrl } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const nudge = {
    waits: new Waits(new Table<Wait | Pointer>(dynamodb, tables.waits)),
    sqs: connect(SQSClient, region),
    waitingQueueUrl,
  };
  return lambda<UnlockEvent, { released: boolean }>(core, 'Unlock', (event) => unlock(core, nudge, event));
};

export const handler = make(production(process.env));
