import type { DeploymentRecord } from './record';

/**
 * A rollback from a bad release has nothing to go back to: its baseline is its target. If it fails, the compensation
 * still brings the fleet to the target. Only a rollback from a good release goes back to that release.
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
