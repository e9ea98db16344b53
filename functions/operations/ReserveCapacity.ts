import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/deployment/step';
import { reserveCapacity } from '../../lib/switches/reserveCapacity';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/environment';
import { makeSwitches } from '../../lib/switches/tools';

/** Reserves load balancer capacity some hours before a warm-up. */
export const make = (world: World, { switchesTable, switchOffMachineArn }: SwitchEnvironment) => {
  const { region, settingsPrefix } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const ssm = connect(SSMClient, region);
  const tools = {
    ...world,
    switches: makeSwitches(dynamodb, switchesTable),
    sfn: connect(SFNClient, region),
    sns: connect(SNSClient, region),
    autoScaling: connect(AutoScalingClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    switchOffMachineArn,
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(world, 'ReserveCapacity', (input: unknown) => reserveCapacity(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
