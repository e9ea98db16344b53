import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/deployment/step';
import { act } from '../../lib/failover/act';
import { backlogOf } from '../../lib/failover/backlog';
import { type FailoverEnvironment, readFailoverEnvironment } from '../../lib/failover/environment';
import { inRegion } from '../../lib/failover/regions';
import { type RegionItem, RegionsTable } from '../../lib/failover/regionsTable';
import { tellChange } from '../../lib/failover/report';

/** Makes home active again: by hand, or when the probe asks and a look agrees. */
export const make = (world: World, { regions, regionsTable, requestsQueueUrl }: FailoverEnvironment) => {
  const { here, home } = regions;
  const sns = connect(SNSClient, here);
  const tools = {
    regions,
    table: new RegionsTable(new Table<RegionItem>(connect(DynamoDBClient, here), regionsTable), regions),
    clock: world.clock,
    backlog: () => backlogOf(connect(SQSClient, home), inRegion(requestsQueueUrl, here, home)),
  };
  return lambda(world, 'Failback', async (input: unknown) => {
    const answer = await act('failback', input, tools);
    await tellChange(sns, world.environment, answer, input);
    return answer;
  });
};

export const handler = make(production(process.env), readFailoverEnvironment(process.env));
