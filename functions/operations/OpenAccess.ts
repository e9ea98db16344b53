import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/deployment/step';
import { openAccess } from '../../lib/switches/openAccess';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/environment';
import { makeSwitches } from '../../lib/switches/tools';

/** Opens a port of a fleet for a while: `{"application": "api", "port": 22, "cidr": "203.0.113.7/32", "by": "ada"}`. */
export const make = (world: World, { switchesTable, switchOffMachineArn }: SwitchEnvironment) => {
  const { region, settingsPrefix } = world.environment;
  const ssm = connect(SSMClient, region);
  const tools = {
    ...world,
    switches: makeSwitches(connect(DynamoDBClient, region), switchesTable),
    sfn: connect(SFNClient, region),
    sns: connect(SNSClient, region),
    switchOffMachineArn,
    readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
  };
  return lambda(world, 'OpenAccess', (input: unknown) => openAccess(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
