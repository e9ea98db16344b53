import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { makeCore } from '../../lib/deployment/core';
import { lambda } from '../../lib/deployment/step';
import { makeLogger } from '../../lib/reporting/log';
import { sweep } from '../../lib/waiting/sweep';
import { type Pointer, type Wait, Waits } from '../../lib/waiting/waits';

/** Once a minute: parked steps without a look get one, fleets in a spike may launch again, functions are kept warm; every fifth
 * minute, what was stopped is mended. */
export const make = (world: World) => {
  const { region, tables } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const tools = {
    core: makeCore(world, dynamodb),
    waits: new Waits(new Table<Wait | Pointer>(dynamodb, tables.waits)),
    sqs: connect(SQSClient, region),
    lambda: connect(LambdaClient, region),
    sfn: connect(SFNClient, region),
    autoScaling: connect(AutoScalingClient, region),
    logger: makeLogger(world.environment),
  };
  return lambda(world, 'Sweep', () => sweep(tools));
};

export const handler = make(production(process.env));
