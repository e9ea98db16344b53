import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { startPrewarm } from '../../lib/switches/prewarm/startPrewarm';
import { prewarmSwitch } from '../../lib/switches/prewarm/definition';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { switchParts } from '../../lib/switches/parts';

/** Plans capacity for a spike: `{"application": "api", "capacity": 50, "at": "2026-12-01T08:30:00Z", "until": "2026-12-01T14:00:00Z", "by": "ada"}`. */
export const make = (world: World, environment: SwitchEnvironment) => {
  const { dynamodb, region, tools: shared } = switchParts(world, environment, prewarmSwitch);
  const tools = {
    ...shared,
    locks: makeCore(world, dynamodb).locks,
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    quotas: connect(ServiceQuotasClient, region),
  };
  return lambda(world, 'StartPrewarm', (input: unknown) => startPrewarm(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
