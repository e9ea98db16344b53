import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../aws/connect';
import type { World } from '../aws/production';
import { Table } from '../aws/table';
import { act, type RegionsAnswer } from './act';
import { backlogOf } from './backlog';
import type { FailoverEnvironment } from './environment';
import { inRegion } from './regions';
import { type RegionItem, RegionsTable } from './regionsTable';
import { notifyChange } from './report';

/** What Failover and Failback do: both decide again before they change anything, and notify of the change. */
export const regionChanger = (
  what: 'failover' | 'failback',
  world: World,
  { regions, regionsTable, requestsQueueUrl }: FailoverEnvironment,
): ((input: unknown) => Promise<RegionsAnswer>) => {
  const { here, home } = regions;
  const sns = connect(SNSClient, here);
  const tools = {
    regions,
    table: new RegionsTable(new Table<RegionItem>(connect(DynamoDBClient, here), regionsTable), regions),
    clock: world.clock,
    backlog: () => backlogOf(connect(SQSClient, home), inRegion(requestsQueueUrl, here, home)),
  };
  return async (input) => {
    const answer = await act(what, input, tools);
    await notifyChange(sns, world.environment, answer, input);
    return answer;
  };
};
