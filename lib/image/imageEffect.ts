import { tags } from '../aws/tags';
import type { StepContext } from '../engine/context';
import type { Effect, NothingWritten } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { aws, data, derived, filters, found, jmespath } from '../engine/repairCommand';
import { never, type Settled, undone } from '../engine/settled';
import { deregisterImage, findOwnImage, type InRegion } from './images';

export interface MadeImage {
  readonly imageId: string;
  readonly region: string;
  /** Epoch milliseconds of EC2's answer: EC2 may not show such a new image yet. */
  readonly madeAt: number;
}

/** An image that was made, or a copy of it. */
export interface ImageShape {
  readonly kind: 'image';
  /** Its name; `NAME REGION` for a copy. */
  readonly target: string;
  readonly before: null;
  readonly wrote: NothingWritten;
  readonly result: MadeImage;
}

/** The name of an effect's image, and the region of a copy. */
const namedBy = ({ target }: { readonly target: string }) => {
  const [name = '', region] = target.split(' ');
  return { name, region };
};

export const imageEffect = defineEffect<ImageShape>('image');

export const imageRepair: EffectRepair<ImageShape> = {
  of: imageEffect,
  scope: 'artifact',
  repair: (effect, { region: home, record }) => {
    const { result } = effect;
    const region = result?.region ?? derived(effect, (of) => namedBy(of).region ?? home);
    const made = found(
      { region },
      'ec2 describe-images',
      {
        '--filters': filters({
          name: derived(effect, (of) => namedBy(of).name),
          [`tag:${tags.deployment}`]: record.deployment,
        }),
      },
      jmespath`Images[].ImageId`,
    );
    return aws({ region }, 'ec2 deregister-image', {
      '--image-id': result ? data(result.imageId) : made,
      '--delete-associated-snapshots': true,
    });
  },
};

/** Removes an image that was made: by its noted id, or by name and tag if the answer was lost. */
export const removeImage = async (
  context: StepContext,
  inRegion: InRegion,
  effect: Effect<ImageShape>,
): Promise<Settled> => {
  const { name, region = context.core.environment.region } = namedBy(effect);
  const ec2 = inRegion(region);
  const imageId = effect.result?.imageId ?? (await findOwnImage(ec2, name, effect.deployment));
  if (imageId === undefined) return never;
  await context.guard();
  await deregisterImage(ec2, imageId);
  return undone;
};
