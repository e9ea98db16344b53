import { type EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { nameOf } from '../aws/failure';
import { tags } from '../aws/tags';
import type { StepContext } from '../engine/context';
import { type Effect, isOpen, type NothingWritten } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import type { DeploymentRecord } from '../engine/record';
import { aws, data, derived, filters, found, jmespath } from '../engine/repairCommand';
import { never, settleAs, type Settled, undone } from '../engine/settled';
import { instancesWhere } from '../fleet/instances';

/** The instance that a deployment by `golden-instance` provisions. */
export interface BuilderShape {
  readonly kind: 'builder';
  /** The deployment. */
  readonly target: string;
  readonly before: null;
  readonly wrote: NothingWritten;
  readonly result: { readonly instanceId: string };
}

/** The builder's tag `Name`; no other instance of the deployment has it. */
export const builderName = ({
  application,
  version,
}: Pick<DeploymentRecord, 'application' | 'version'>): string =>
  `forseti builder of ${application} ${version}`;

/** An instance in one of these states costs money until it is terminated. */
const notTerminated = ['pending', 'running', 'stopping', 'stopped'];

export const builderEffect = defineEffect<BuilderShape>('builder');

export const builderRepair: EffectRepair<BuilderShape> = {
  of: builderEffect,
  scope: 'work',
  repair: ({ result }, { region, record }) => {
    const launched = found(
      { region },
      'ec2 describe-instances',
      {
        '--filters': filters({
          [`tag:${tags.deployment}`]: record.deployment,
          'tag:Name': derived(record, builderName),
          'instance-state-name': notTerminated,
        }),
      },
      jmespath`Reservations[].Instances[].InstanceId`,
    );
    return aws({ region }, 'ec2 terminate-instances', {
      '--instance-ids': result ? data(result.instanceId) : launched,
    });
  },
};

/** The builder that this deployment launched, if it did. */
export const builderOf = async ({
  core,
  record,
}: Pick<StepContext, 'core' | 'record'>): Promise<string | undefined> => {
  const effect = await core.effects.find(record.deployment, builderEffect, record.deployment);
  return effect?.result?.instanceId;
};

/** Terminates the builder, also if the launch's answer was lost. */
export const endBuilder = async (
  context: StepContext,
  ec2: EC2Client,
  { result }: Effect<BuilderShape>,
): Promise<Settled> => {
  const builders = result ? [result.instanceId] : await strayBuilders(ec2, context.record.deployment);
  if (builders.length === 0) return never;
  await context.guard();
  try {
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: builders }));
  } catch (error) {
    if (!nameOf(error).startsWith('InvalidInstanceID')) throw error;
  }
  return undone;
};

/** Like {@link endBuilder}, for the state of that name. Safe to repeat, and to call if there is no builder. */
export const terminateBuilder = async (context: StepContext, ec2: EC2Client): Promise<void> => {
  const { core, record } = context;
  const effect = await core.effects.find(record.deployment, builderEffect, record.deployment);
  if (effect && isOpen(effect)) await settleAs(core, effect, await endBuilder(context, ec2, effect));
};

/** Found by the deployment's tag and by being in no group: all other instances with that tag are members of one. */
export const strayBuilders = async (ec2: EC2Client, deployment: string): Promise<string[]> => {
  const launched = await instancesWhere(ec2, [
    { Name: `tag:${tags.deployment}`, Values: [deployment] },
    { Name: 'instance-state-name', Values: notTerminated },
  ]);
  return launched
    .filter((instance) => instance.tags['aws:autoscaling:groupName'] === undefined)
    .map(({ id }) => id);
};
