import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { regionChanger } from '../../lib/failover/changeRegion';
import { type FailoverEnvironment, readFailoverEnvironment } from '../../lib/failover/environment';

/** Makes home active again: by hand, or if the probe asks and the facts still require it. */
export const make = (world: World, environment: FailoverEnvironment) =>
  lambda(world, 'Failback', regionChanger('failback', world, environment));

export const handler = make(production(process.env), readFailoverEnvironment(process.env));
