import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../../lib/application/store';
import { eachRecord } from '../../lib/aws/batch';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/deployment/step';
import { keepWarm } from '../../lib/deployment/warmth';
import { makeLogger } from '../../lib/reporting/log';
import { type RequestItem, takeTag } from '../../lib/intake/intake';
import { parseTagEvent } from '../../lib/intake/tagEvent';
import { tellUnreadable } from '../../lib/intake/unreadable';
import type { QueueEvent } from '../../lib/aws/batch';

/** Takes requests from their queue, once each, and starts the deploy machine under their business name. */
export const make = (world: World) => {
  const { environment, clock } = world;
  const { region } = environment;
  const ssm = connect(SSMClient, region);
  const tools = {
    requests: new Table<RequestItem>(connect(DynamoDBClient, region), environment.tables.requests),
    sfn: connect(SFNClient, region),
    machineArn: environment.deployMachineArn,
    clock,
  };
  const lambdaClient = connect(LambdaClient, region);
  const logger = makeLogger(world.environment);
  return lambda(world, 'Intake', (event: QueueEvent) =>
    eachRecord(
      event,
      async (body) => {
        const tag = parseTagEvent(body);
        const [{ settings, invalid }] = await Promise.all([
          readAllSettings(ssm, environment.settingsPrefix),
          // A deployment is likely: its first functions start while the request is written down.
          keepWarm(lambdaClient, environment),
        ]);
        const taken = await takeTag(tag, settings, tools);
        tellUnreadable(!('refused' in taken && taken.unmatched), invalid, logger);
      },
      logger,
    ),
  );
};

export const handler = make(production(process.env));
