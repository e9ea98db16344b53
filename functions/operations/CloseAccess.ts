import { EC2Client } from '@aws-sdk/client-ec2';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { closeAccess } from '../../lib/switches/access/closeAccess';
import { accessSwitch } from '../../lib/switches/access/definition';
import { readSwitchEnvironment, type SwitchEnvironment } from '../../lib/switches/base/environment';
import { switchParts } from '../../lib/switches/parts';

/** Closes what OpenAccess opened: at once if a person asks, at its end if the machine does. */
export const make = (world: World, environment: SwitchEnvironment) => {
  const { region, tools: shared } = switchParts(world, environment, accessSwitch);
  const tools = {
    ...shared,
    ec2: connect(EC2Client, region),
  };
  return lambda(world, 'CloseAccess', (input: unknown) => closeAccess(input, tools));
};

export const handler = make(production(process.env), readSwitchEnvironment(process.env));
