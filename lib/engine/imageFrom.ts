import type { RolloutStrategy } from '../application/schema';
import type { DeploymentRecord } from './record';

/**
 * Where the new image comes from: the running fleet, after provisioning (`fleet`) or as it is (`running`), a builder
 * instance, or the request itself.
 */
export type ImageFrom = 'fleet' | 'running' | 'builder' | 'image';

export const imageFrom = (record: Pick<DeploymentRecord, 'strategy' | 'image' | 'imageFrom'>): ImageFrom => {
  if (record.image !== undefined) return 'image';
  if (record.imageFrom !== undefined) return record.imageFrom;
  return record.strategy === 'golden-instance' ? 'builder' : 'fleet';
};

/** Whether it only makes a new image of the version that runs already (`forseti regenerate`). */
export const isRegeneration = (record: Pick<DeploymentRecord, 'imageFrom'>): boolean =>
  record.imageFrom === 'running';

/**
 * Whether an instance of the new image is booted before the group gets it. Every other rollout boots the image by itself.
 * Settings of a record from before have no `verify`.
 */
export const verifiesImage = ({
  rollout,
  settings,
}: {
  readonly rollout?: RolloutStrategy | undefined;
  readonly settings?: { readonly image?: { readonly verify?: boolean | undefined } | undefined } | undefined;
}): boolean => rollout === 'none' && settings?.image?.verify === true;
