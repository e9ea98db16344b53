import type { DeploymentRecord } from './record';

/**
 * A rollback away from what is bad has no way back: where it fails, the compensation brings the fleet to its target all
 * the same. Only one that left a good release behind goes back to that.
 */
export const goesForward = ({
  kind,
  baseline,
  launchTemplate,
}: Pick<DeploymentRecord, 'kind' | 'baseline' | 'launchTemplate'>): boolean =>
  kind === 'rollback' &&
  baseline !== undefined &&
  baseline.launchTemplate.id === launchTemplate?.id &&
  baseline.launchTemplate.version === launchTemplate.version;
