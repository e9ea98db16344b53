import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readSettings } from '../application/store';
import { connect } from '../aws/connect';
import type { World } from '../aws/production';
import { Table } from '../aws/table';
import { connectChannels } from '../reporting/channels';
import type { SwitchDefinition } from './base/definition';
import type { SwitchEnvironment } from './base/environment';
import type { SwitchItem } from './base/item';
import { Switches } from './base/store';
import type { SwitchTools } from './base/tools';

/** What every function that turns switches of one kind on or off is made of. */
export const switchParts = <Kind extends string, Made>(
  world: World,
  { switchesTable, switchOffMachineArn }: SwitchEnvironment,
  definition: SwitchDefinition<Kind, Made>,
) => {
  const { region, settingsPrefix } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const ssm = connect(SSMClient, region);
  const tools: SwitchTools<Kind, Made> = {
    ...world,
    definition,
    switches: new Switches(new Table<SwitchItem>(dynamodb, switchesTable), {
      reads: (kind) => kind === definition.kind,
      read: definition.read,
    }),
    sfn: connect(SFNClient, region),
    channels: connectChannels(region),
    switchOffMachineArn,
    readSettings: (application) => readSettings(ssm, settingsPrefix, application),
  };
  return { region, dynamodb, tools };
};
