import type { DeploymentRecord } from './record';

/** Where the new image comes from: the running fleet, a builder instance, or the request itself. */
export type ImageFrom = 'fleet' | 'builder' | 'image';

export const imageFrom = (record: Pick<DeploymentRecord, 'strategy' | 'image'>): ImageFrom => {
  if (record.image !== undefined) return 'image';
  return record.strategy === 'golden-instance' ? 'builder' : 'fleet';
};
