import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { regionChanger } from '../../lib/failover/changeRegion';
import { type FailoverEnvironment, readFailoverEnvironment } from '../../lib/failover/environment';

/**
 * Makes the standby active, or whichever region still works: by hand, or if the probe, its alarm or AWS Health asks and
 * the facts still require it.
 */
export const make = (world: World, environment: FailoverEnvironment) =>
  lambda(world, 'Failover', regionChanger('failover', world, environment));

export const handler = make(production(process.env), readFailoverEnvironment(process.env));
