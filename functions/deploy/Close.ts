import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { type CloseRecordEvent, closeRecord } from '../../lib/deployment/closeRecord';
import { type KeptRequest, keepRequest, readRequestsQueueUrl } from '../../lib/deployment/keptRequest';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { connectChannels } from '../../lib/reporting/channels';

/** Works out how the deployment ended, closes its record, notifies. */
export const make = (world: World, requestsQueueUrl: string) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const sqs = connect(SQSClient, region);
  const tools = {
    channels: connectChannels(region),
    keep: (kept: KeptRequest) => keepRequest({ sqs, queueUrl: requestsQueueUrl }, kept),
  };
  return lambda(core, 'Close', (event: CloseRecordEvent) => closeRecord(core, tools, event));
};

export const handler = make(production(process.env), readRequestsQueueUrl(process.env));
