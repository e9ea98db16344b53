import type { EC2Client } from '@aws-sdk/client-ec2';
import { type InRegion, undoImage } from '../../image/images';
import type { ScalingClients } from '../../scaling/existing';
import type { StepContext } from '../context';
import type { Effect } from '../effects';
import { deleteTemplateVersion } from './launchTemplateVersion';
import { mendOf } from './mend';
import { putBackScaling } from './scaling';
import { isOpen, settleAs, settleBy } from './settled';

export interface CleanUpTools extends ScalingClients {
  readonly ec2: EC2Client;
  readonly inRegion: InRegion;
}

/**
 * The last of the compensation: policies and alarms as they were, launch template version and image away, and every
 * effect that is open still noted as left, with the command that mends it.
 */
export const cleanUp = async (context: StepContext, tools: CleanUpTools): Promise<{ left: number }> => {
  const { record, core } = context;
  if (record.completedAt !== undefined) return { left: 0 };
  const effects = await core.effects.list(record.deployment);
  const open = effects.filter(isOpen);
  await putBackScaling(context, tools, open);
  const versions = await Promise.all(
    open
      .filter(({ kind }) => kind === 'launch-template-version')
      .map((effect) => settleBy(context, effect, () => deleteTemplateVersion(context, tools, effect))),
  );
  // An image that a launch template version still names is in use.
  if (versions.every((settled) => settled?.state !== 'left'))
    await Promise.all(
      open
        .filter(({ kind }) => kind === 'image')
        .map((effect) =>
          settleBy(context, effect, () => undoImage(context, tools.inRegion, effect).then(() => undefined)),
        ),
    );
  const rest = (await core.effects.list(record.deployment)).filter(isOpen);
  await Promise.all(rest.map((effect) => settleAs(core, effect, leftOver(context, effect))));
  return { left: rest.length };
};

const leftOver = ({ record }: StepContext, effect: Effect) => ({
  state: 'left' as const,
  note:
    effect.state === 'intended'
      ? `The ${effect.kind} of ${effect.target} may have been changed by ${effect.step}; it was not put back.`
      : `The ${effect.kind} of ${effect.target} was changed by ${effect.step} and not put back.`,
  mend: mendOf(effect, record),
});
