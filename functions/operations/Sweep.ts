import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { type RefusalItem, tellRefused } from '../../lib/intake/refusedTags';
import { notify } from '../../lib/reporting/notify';
import { makeLogger } from '../../lib/aws/log';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { endOverdue } from '../../lib/switches/sweepSwitches';
import type { SwitchItem } from '../../lib/switches/base/item';
import { Switches } from '../../lib/switches/base/store';
import { anySwitch } from '../../lib/switches/kinds';
import { sweep } from '../../lib/sweep/sweep';
import { makeWaits } from '../../lib/engine/waiting/waits';
import { connectChannels } from '../../lib/reporting/channels';

/**
 * Once a minute: polls parked steps that have no poll, tells of those that stand still, lets fleets in a spike launch again, keeps functions warm, ends
 * switches whose time is over; every fifth minute, starts the repair of stopped executions.
 */
export const make = (world: World, { switchesTable, switchOffMachineArn }: SwitchEnvironment) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const sfn = connect(SFNClient, region);
  const channels = connectChannels(region);
  const requests = new Table<RefusalItem>(dynamodb, world.environment.tables.requests);
  const switches = {
    ...world,
    switches: new Switches(new Table<SwitchItem>(dynamodb, switchesTable), anySwitch),
    sfn,
    channels,
    switchOffMachineArn,
  };
  const tools = {
    core: makeCore(world, dynamodb),
    waits: makeWaits(world.environment, dynamodb),
    sqs: connect(SQSClient, region),
    lambda: connect(LambdaClient, region),
    sfn,
    autoScaling: connect(AutoScalingClient, region),
    channels,
    logger: makeLogger(world.environment),
    endOverdue: () => endOverdue(switches),
    tellRefused: () =>
      tellRefused(requests, world.clock(), (tags) =>
        notify(switches.channels, world.environment, { kind: 'tags-refused', tags }),
      ),
  };
  return lambda(world, 'Sweep', () => sweep(tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
