import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { lambda } from '../../lib/deployment/step';
import { startPrewarm } from '../../lib/switches/startPrewarm';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/environment';
import { makeSwitches } from '../../lib/switches/tools';

/** Plans capacity for a spike: `{"application": "api", "capacity": 50, "at": "2026-12-01T08:30:00Z", "until": "2026-12-01T14:00:00Z", "by": "ada"}`. */
export const make = (world: World, { switchesTable, switchOffMachineArn }: SwitchEnvironment) => {
  const { region, settingsPrefix } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const ssm = connect(SSMClient, region);
  const tools = {
    ...world,
    locks: makeCore(world, dynamodb).locks,
    switches: makeSwitches(dynamodb, switchesTable),
    sfn: connect(SFNClient, region),
    sns: connect(SNSClient, region),
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    quotas: connect(ServiceQuotasClient, region),
    switchOffMachineArn,
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
  };
  return lambda(world, 'StartPrewarm', (input: unknown) => startPrewarm(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
