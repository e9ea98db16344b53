import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import { type Effect, isOpen } from '../engine/effect';
import { defineEffect } from '../engine/effectKind';
import { settleAs, type Settled } from '../engine/settled';
import {
  endOwnInstance,
  findOwnInstances,
  type OwnInstanceName,
  ownInstanceRepair,
  type OwnInstanceShape,
} from './ownInstance';

/** The instance that a deployment by `golden-instance` provisions. */
export type BuilderShape = OwnInstanceShape<'builder'>;

export const builderName: OwnInstanceName = ({ application, version }) =>
  `forseti builder of ${application} ${version}`;

export const builderEffect = defineEffect<BuilderShape>('builder');
export const builderRepair = ownInstanceRepair(builderEffect, builderName);

/** The builder that this deployment launched, if it did. */
export const builderOf = async ({
  core,
  record,
}: Pick<StepContext, 'core' | 'record'>): Promise<string | undefined> => {
  const effect = await core.effects.find(record.deployment, builderEffect, record.deployment);
  return effect?.result?.instanceId;
};

/** Terminates the builder, also if the launch's answer was lost. */
export const endBuilder = (
  context: StepContext,
  ec2: EC2Client,
  effect: Effect<BuilderShape>,
): Promise<Settled> =>
  endOwnInstance(context, ec2, effect, () => findOwnInstances(ec2, context.record.deployment));

/** Like {@link endBuilder}, for the state of that name. Safe to repeat, and to call if there is no builder. */
export const terminateBuilder = async (context: StepContext, ec2: EC2Client): Promise<void> => {
  const { core, record } = context;
  const effect = await core.effects.find(record.deployment, builderEffect, record.deployment);
  if (effect && isOpen(effect)) await settleAs(core, effect, await endBuilder(context, ec2, effect));
};
