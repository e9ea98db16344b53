import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/engine/step';
import { startMaintenance } from '../../lib/switches/maintenance/startMaintenance';
import { maintenanceSwitch } from '../../lib/switches/maintenance/definition';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { switchParts } from '../../lib/switches/parts';
import type { PageItem } from '../../lib/switches/maintenance/page';

/** Shows users a maintenance page: `{"application": "api", "forSeconds": 1800, "by": "ada"}`. */
export const make = (world: World, environment: SwitchEnvironment) => {
  const { dynamodb, region, tools: shared } = switchParts(world, environment, maintenanceSwitch);
  const tools = {
    ...shared,
    pages: new Table<PageItem>(dynamodb, environment.switchesTable),
    elb: connect(ElasticLoadBalancingV2Client, region),
    autoScaling: connect(AutoScalingClient, region),
    pageFunctionArn: environment.pageFunctionArn,
  };
  return lambda(world, 'StartMaintenance', (input: unknown) => startMaintenance(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
