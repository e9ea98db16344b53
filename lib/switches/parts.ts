import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../application/store';
import { connect } from '../aws/connect';
import type { World } from '../aws/production';
import { connectChannels } from '../reporting/channels';
import type { SwitchEnvironment } from './base/environment';
import { makeSwitches } from './base/tools';

/** What every function that turns a switch on or off is made of. */
export const switchParts = (world: World, { switchesTable, switchOffMachineArn }: SwitchEnvironment) => {
  const { region, settingsPrefix } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const ssm = connect(SSMClient, region);
  return {
    region,
    dynamodb,
    tools: {
      ...world,
      switches: makeSwitches(dynamodb, switchesTable),
      sfn: connect(SFNClient, region),
      channels: connectChannels(region),
      switchOffMachineArn,
      readSettings: (application: string) => readSettings(ssm, settingsPrefix, application),
    },
  };
};
