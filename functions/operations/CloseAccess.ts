import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/deployment/step';
import { closeAccess } from '../../lib/switches/closeAccess';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/environment';
import { makeSwitches } from '../../lib/switches/tools';

/** Closes what OpenAccess opened: at once for a person, at its end for the machine. */
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
    ec2: connect(EC2Client, region),
  };
  return lambda(world, 'CloseAccess', (input: unknown) => closeAccess(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
