import { type EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { nameOf } from '../aws/failure';
import { tags } from '../aws/tags';
import type { StepContext } from '../engine/context';
import type { Effect, NothingWritten } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import type { DeploymentRecord } from '../engine/record';
import { aws, data, derived, filters, found, jmespath } from '../engine/repairCommand';
import { never, type Settled, undone } from '../engine/settled';
import { instancesWhere } from '../fleet/instances';

/** The instance that boots a new image before the group gets it. */
export interface TestInstanceShape {
  readonly kind: 'test-instance';
  /** The deployment. */
  readonly target: string;
  readonly before: null;
  readonly wrote: NothingWritten;
  readonly result: { readonly instanceId: string };
}

/** The instance's tag `Name`; no other instance of the deployment has it. */
export const testInstanceName = ({
  application,
  version,
}: Pick<DeploymentRecord, 'application' | 'version'>): string =>
  `forseti test instance of ${application} ${version}`;

/** An instance in one of these states costs money until it is terminated. */
const notTerminated = ['pending', 'running', 'stopping', 'stopped'];

export const testInstanceEffect = defineEffect<TestInstanceShape>('test-instance');

export const testInstanceRepair: EffectRepair<TestInstanceShape> = {
  of: testInstanceEffect,
  scope: 'work',
  repair: ({ result }, { region, record }) => {
    const launched = found(
      { region },
      'ec2 describe-instances',
      {
        '--filters': filters({
          [`tag:${tags.deployment}`]: record.deployment,
          'tag:Name': derived(record, testInstanceName),
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

/** Finds what an earlier try launched, whose answer was lost. */
export const findTestInstances = async (
  ec2: EC2Client,
  record: Pick<DeploymentRecord, 'application' | 'version' | 'deployment'>,
): Promise<string[]> => {
  const launched = await instancesWhere(ec2, [
    { Name: `tag:${tags.deployment}`, Values: [record.deployment] },
    { Name: 'tag:Name', Values: [testInstanceName(record)] },
    { Name: 'instance-state-name', Values: notTerminated },
  ]);
  return launched
    .filter((instance) => instance.tags['aws:autoscaling:groupName'] === undefined)
    .map(({ id }) => id);
};

/** Terminates the test instance, also if the launch's answer was lost. Safe to repeat. */
export const endTestInstance = async (
  context: StepContext,
  ec2: EC2Client,
  { result }: Effect<TestInstanceShape>,
): Promise<Settled> => {
  const instances = result ? [result.instanceId] : await findTestInstances(ec2, context.record);
  if (instances.length === 0) return never;
  await context.guard();
  try {
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: instances }));
  } catch (error) {
    if (!nameOf(error).startsWith('InvalidInstanceID')) throw error;
  }
  return undone;
};
