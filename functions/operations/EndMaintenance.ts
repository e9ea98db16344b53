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
import { endMaintenance } from '../../lib/switches/endMaintenance';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/environment';
import type { PageItem } from '../../lib/switches/page';
import { makeSwitches } from '../../lib/switches/tools';

/** Takes the maintenance page away: at once for a person, at its end for the machine. */
export const make = (world: World, switchEnvironment: SwitchEnvironment) => {
  const { switchesTable, switchOffMachineArn } = switchEnvironment;
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
    switchOffMachineArn,
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(world, 'EndMaintenance', (input: unknown) => endMaintenance(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
