import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { endPrewarm } from '../../lib/switches/prewarm/endPrewarm';
import { prewarmSwitch } from '../../lib/switches/prewarm/definition';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { switchParts } from '../../lib/switches/parts';

/** Ends a warm-up: by hand, or when its time is over. */
export const make = (world: World, environment: SwitchEnvironment) => {
  const { region, tools: shared } = switchParts(world, environment, prewarmSwitch);
  const tools = {
    ...shared,
    autoScaling: connect(AutoScalingClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
  };
  return lambda(world, 'EndPrewarm', (input: unknown) => endPrewarm(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
