import {
  DescribeInstanceStatusCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { refusalOf } from '../aws/dryRun';
import { messageOf, mustPass, nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import { BuilderFailed } from '../engine/errors';
import type { Progress } from '../engine/waiting/waitingStep';
import { describeGroup, type Group } from '../fleet/group';
import { type DescribedInstance, describeInstances } from '../fleet/instances';
import { pingsOf, pingText } from './agents';
import { builderEffect, builderName } from './builderEffect';
import {
  findOwnInstances,
  launchInSome,
  noCapacity,
  ownInstanceRequest,
  type RequestInSubnet,
} from './ownInstance';

export interface BuilderClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
}

/** What LaunchBuilder remembers between two polls. */
export interface BuilderMemo extends Record<string, unknown> {
  readonly instance: string;
  /** Epoch milliseconds. */
  readonly launchedAt: number;
}

/**
 * Launches one instance from the group's launch template, outside of the group and its target groups, and waits until it
 * runs and its SSM agent is online.
 * @throws BuilderFailed
 */
export const launchBuilder = async (
  context: StepContext,
  memo: Partial<BuilderMemo>,
  save: (memo: Partial<BuilderMemo>) => Promise<void>,
  clients: BuilderClients,
): Promise<Progress> => {
  const { core } = context;
  if (memo.instance === undefined) {
    const instance = await runBuilder(context, clients);
    await save({ instance, launchedAt: core.clock() });
  }
  const instance = memo.instance ?? '';
  const elapsedSeconds = (core.clock() - (memo.launchedAt ?? 0)) / 1000;
  const [found] = await describeInstances(clients.ec2, [instance]);
  refuseDead(instance, found, elapsedSeconds);
  const ping =
    found?.state === 'running' ? (await pingsOf(clients.ssm, [instance])).get(instance) : undefined;
  if (ping?.status === 'Online') return { over: { instance } };
  return {
    waitFor: [],
    // No event reports the agent, so the interval grows with the time that it takes.
    expectedSeconds: Math.max(3, elapsedSeconds / 5),
    progress:
      found?.state === 'running'
        ? `waiting for the SSM agent of builder ${instance}`
        : `builder ${instance} is starting`,
    why: async () =>
      found?.state === 'running'
        ? [pingText(ping), ...(await failedChecks(clients.ec2, instance))].join('; ')
        : `EC2 says that ${instance} is ${found?.state ?? 'not known'}`,
  };
};

/** A new instance may take a moment to appear. @throws BuilderFailed */
const refuseDead = (instance: string, found: DescribedInstance | undefined, elapsedSeconds: number): void => {
  if (found === undefined && elapsedSeconds < 60) return;
  if (found?.state === 'pending' || found?.state === 'running') return;
  throw new BuilderFailed(
    `Builder ${instance} ${found ? `is ${found.state}` : 'is gone'} before it was ready` +
      `${found?.reason === undefined || found.reason === '' ? '' : `: ${found.reason}`}.`,
  );
};

/** EC2's own checks of the instance that have failed. */
const failedChecks = async (ec2: EC2Client, instance: string): Promise<string[]> => {
  const { InstanceStatuses: [status] = [] } = await ec2.send(
    new DescribeInstanceStatusCommand({ InstanceIds: [instance] }),
  );
  return [
    ...(status?.InstanceStatus?.Status === 'impaired' ? ['its instance status check has failed'] : []),
    ...(status?.SystemStatus?.Status === 'impaired' ? ['its system status check has failed'] : []),
  ];
};

const runBuilder = async (context: StepContext, { autoScaling, ec2 }: BuilderClients): Promise<string> => {
  const group = await describeGroup(autoScaling, context.record.group);
  const request = await builderRequest(context, ec2, group);
  const { instanceId } = await context.change(
    builderEffect,
    { target: context.record.deployment, before: null, wrote: {} },
    async (_, again) => {
      const [launched] = again ? await findOwnInstances(ec2, context.record.deployment) : [];
      return { instanceId: launched ?? (await runSomewhere(context, ec2, group, request)) };
    },
  );
  return instanceId;
};

/** Launches in the first subnet that has capacity; if the settings name a subnet, only there. */
const runSomewhere = async (
  context: StepContext,
  ec2: EC2Client,
  group: Group,
  request: RequestInSubnet,
): Promise<string> => {
  const { subnet } = context.settings.builder;
  const subnets = subnet === undefined ? group.subnets : [subnet];
  try {
    return await launchInSome(ec2, subnets, request);
  } catch (refusal) {
    // AWS reports a lack of capacity with the status of a transient error, but it lasts for hours rather than seconds.
    if (!noCapacity.has(nameOf(refusal)) && mustPass(refusal)) throw refusal;
    throw new BuilderFailed(
      `The builder could not be launched from ${group.launchTemplate?.name ?? 'the launch template'} version ${group.launchTemplate?.version ?? ''} in ${subnets.join(', ') || 'the default subnet'}: ${messageOf(refusal)}`,
      { cause: refusal },
    );
  }
};

const builderRequest = async (context: StepContext, ec2: EC2Client, group: Group) => {
  const { record, settings } = context;
  const template = group.launchTemplate;
  const { LaunchTemplateVersions: [version] = [] } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: template?.id,
      Versions: [template?.version ?? ''],
    }),
  );
  return ownInstanceRequest(record, group, {
    name: builderName(record),
    purpose: 'builder',
    template,
    data: version?.LaunchTemplateData,
    imageId: settings.builder.baseImage,
    instanceType: settings.builder.instanceType,
  });
};

/** Dry run: may the role launch the builder? */
export const tryLaunchBuilder = async (
  context: StepContext,
  { autoScaling, ec2 }: Pick<BuilderClients, 'autoScaling' | 'ec2'>,
): Promise<string | undefined> => {
  const group = await describeGroup(autoScaling, context.record.group);
  const request = await builderRequest(context, ec2, group);
  const subnet = context.settings.builder.subnet ?? group.subnets[0];
  return refusalOf(() => ec2.send(new RunInstancesCommand({ ...request(subnet), DryRun: true })));
};
