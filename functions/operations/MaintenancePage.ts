import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/engine/step';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { makePage, type PageItem } from '../../lib/switches/maintenance/page';

/** Answers a load balancer with the maintenance page. */
export const make = (world: World, { switchesTable }: SwitchEnvironment) => {
  const dynamodb = connect(DynamoDBClient, world.environment.region);
  return lambda(
    world,
    'MaintenancePage',
    makePage(new Table<PageItem>(dynamodb, switchesTable), world.clock),
  );
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
