import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { reserveCapacity } from '../../lib/switches/prewarm/reserveCapacity';
import { prewarmSwitch } from '../../lib/switches/prewarm/definition';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { switchParts } from '../../lib/switches/parts';

/** Reserves load balancer capacity some hours before a warm-up. */
export const make = (world: World, environment: SwitchEnvironment) => {
  const { region, tools: shared } = switchParts(world, environment, prewarmSwitch);
  const tools = {
    ...shared,
    autoScaling: connect(AutoScalingClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
  };
  return lambda(world, 'ReserveCapacity', (input: unknown) => reserveCapacity(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
