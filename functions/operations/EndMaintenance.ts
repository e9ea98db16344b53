import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/engine/step';
import { endMaintenance } from '../../lib/switches/maintenance/endMaintenance';
import { maintenanceSwitch } from '../../lib/switches/maintenance/definition';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { switchParts } from '../../lib/switches/parts';
import type { PageItem } from '../../lib/switches/maintenance/page';

/** Removes the maintenance page: at once if a person asks, at its end if the machine does. */
export const make = (world: World, environment: SwitchEnvironment) => {
  const { dynamodb, region, tools: shared } = switchParts(world, environment, maintenanceSwitch);
  const tools = {
    ...shared,
    pages: new Table<PageItem>(dynamodb, environment.switchesTable),
    elb: connect(ElasticLoadBalancingV2Client, region),
  };
  return lambda(world, 'EndMaintenance', (input: unknown) => endMaintenance(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
