import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/deployment/step';
import { startMaintenance } from '../../lib/switches/startMaintenance';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/environment';
import type { PageItem } from '../../lib/switches/page';
import { makeSwitches } from '../../lib/switches/tools';

/** Shows users a maintenance page: `{"application": "api", "forSeconds": 1800, "by": "ada"}`. */
export const make = (world: World, switchEnvironment: SwitchEnvironment) => {
  const { switchesTable, switchOffMachineArn, pageFunctionArn } = switchEnvironment;
  const { region, settingsPrefix } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const ssm = connect(SSMClient, region);
  const tools = {
    ...world,
    switches: makeSwitches(dynamodb, switchesTable),
    pages: new Table<PageItem>(dynamodb, switchesTable),
    sfn: connect(SFNClient, region),
    sns: connect(SNSClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    autoScaling: connect(AutoScalingClient, region),
    pageFunctionArn,
    switchOffMachineArn,
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(world, 'StartMaintenance', (input: unknown) => startMaintenance(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
