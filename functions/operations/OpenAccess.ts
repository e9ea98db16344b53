import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { openAccess } from '../../lib/switches/access/openAccess';
import { accessSwitch } from '../../lib/switches/access/definition';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { switchParts } from '../../lib/switches/parts';

/** Opens a port of a fleet for a while: `{"application": "api", "port": 22, "cidr": "203.0.113.7/32", "by": "ada"}`. */
export const make = (world: World, environment: SwitchEnvironment) => {
  const { region, tools: shared } = switchParts(world, environment, accessSwitch);
  const tools = {
    ...shared,
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
  };
  return lambda(world, 'OpenAccess', (input: unknown) => openAccess(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
