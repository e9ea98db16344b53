import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstanceStatusCommand,
  type EC2Client,
  type InstanceStatus,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { refusalOf } from '../aws/dryRun';
import { messageOf, mustPass, nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import { isOpen } from '../engine/effect';
import { ImageNotVerified } from '../engine/errors';
import type { LaunchTemplateRef } from '../engine/record';
import { never, settleAs } from '../engine/settled';
import type { Progress } from '../engine/waiting/waitingStep';
import { describeGroup, type Group, inService } from '../fleet/group';
import { describeInstances } from '../fleet/instances';
import { describeTemplateVersion } from '../fleet/launchTemplates';
import { pingsOf } from '../provisioning/agents';
import { launchInSome, noCapacity, ownInstanceRequest } from '../provisioning/ownInstance';
import {
  endTestInstance,
  findTestInstances,
  testInstanceEffect,
  testInstanceName,
} from './testInstanceEffect';

export interface VerifyImageClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
}

/** What VerifyImage remembers between two polls. */
export interface VerifyImageMemo extends Record<string, unknown> {
  readonly instance: string;
  /** Epoch milliseconds. */
  readonly launchedAt: number;
}

/** What is seen of a test instance; absent where AWS does not say it yet. */
export interface TestInstanceSeen {
  readonly state?: string | undefined;
  /** EC2's reason for the state. */
  readonly reason?: string | undefined;
  /** Status checks: `ok`, `impaired`, `initializing`, `insufficient-data`. */
  readonly system?: string | undefined;
  readonly instance?: string | undefined;
  /** The SSM agent's ping: `Online`, `ConnectionLost`, `Inactive`. */
  readonly agent?: string | undefined;
}

export type Verdict = 'well' | 'wait' | 'failed';

const goneStates: ReadonlySet<string> = new Set(['shutting-down', 'terminated', 'stopping', 'stopped']);
/** How long EC2 may take to show an instance that it has just launched, in seconds. */
const unseenSeconds = 60;

/** Whether an instance of the new image has booted well. A system that is impaired is AWS's, and may recover. */
export const judgeTestInstance = (seen: TestInstanceSeen, elapsedSeconds: number): Verdict => {
  if (seen.state === undefined) return elapsedSeconds < unseenSeconds ? 'wait' : 'failed';
  if (goneStates.has(seen.state) || seen.instance === 'impaired') return 'failed';
  const checked = seen.system === 'ok' && seen.instance === 'ok';
  return seen.state === 'running' && checked && seen.agent === 'Online' ? 'well' : 'wait';
};

/** What is seen of it, as a sentence goes on. */
export const seenText = ({ state, reason, system, instance, agent }: TestInstanceSeen): string =>
  state === undefined
    ? 'it is gone'
    : [
        `it is ${state}${reason === undefined || reason === '' ? '' : ` (${reason})`}`,
        `its status checks are ${system ?? 'not known'} (system) and ${instance ?? 'not known'} (instance)`,
        `its SSM agent is ${agent ?? 'not registered'}`,
      ].join(', ');

/**
 * Boots one instance of the new launch template version, outside of the group and its target groups, waits until its status
 * checks and its SSM agent are well, and terminates it. With rollout `none` nothing else boots the image before the group
 * needs it in a spike.
 * @throws ImageNotVerified
 */
export const verifyImage = async (
  context: StepContext,
  memo: Partial<VerifyImageMemo>,
  save: (memo: Partial<VerifyImageMemo>) => Promise<void>,
  clients: VerifyImageClients,
): Promise<Progress> => {
  const { core, record, settings } = context;
  if (memo.instance === undefined) {
    const instance = await launch(context, clients);
    if (instance === undefined) return { over: { verified: false } };
    await save({ instance, launchedAt: core.clock() });
  }
  const instance = memo.instance ?? '';
  const elapsedSeconds = (core.clock() - (memo.launchedAt ?? 0)) / 1000;
  const seen = await look(clients, instance);
  const verdict = judgeTestInstance(seen, elapsedSeconds);
  const isLate = elapsedSeconds >= settings.builder.timeoutMinutes * 60;
  const progress = `test instance ${instance}: ${seenText(seen)}`;
  if (verdict === 'wait' && !isLate)
    return {
      waitFor: [],
      // EC2 checks once a minute.
      expectedSeconds: Math.max(5, Math.min(30, elapsedSeconds / 5)),
      progress,
      why: () => Promise.resolve(progress),
    };
  if (verdict !== 'well' && !(await isWellWithoutAgent(context, clients, seen)))
    throw new ImageNotVerified(
      `Test instance ${instance} of ${record.application} ${record.version} (image ${record.bakedImage ?? record.image ?? ''}) did not boot well` +
        `${isLate ? ` within ${String(settings.builder.timeoutMinutes)} minutes` : ''}: ${seenText(seen)}. The group does not get the image. ` +
        'See its console output; image.verify: false in the settings deploys without this test.',
    );
  const effect = await core.effects.find(record.deployment, testInstanceEffect, record.deployment);
  if (effect && isOpen(effect))
    await settleAs(core, effect, await endTestInstance(context, clients.ec2, effect));
  return { over: { verified: true } };
};

/** An image of a fleet whose instances have no SSM agent needs none either. */
const isWellWithoutAgent = async (
  { core, record }: StepContext,
  { autoScaling, ssm }: VerifyImageClients,
  seen: TestInstanceSeen,
): Promise<boolean> => {
  if (judgeTestInstance({ ...seen, agent: 'Online' }, 0) !== 'well') return false;
  const members = inService(await describeGroup(autoScaling, record.group)).slice(0, 50);
  const pings = [...(await pingsOf(ssm, members)).values()];
  if (members.length === 0 || pings.some(({ status }) => status === 'Online')) return false;
  await core.records.warn(
    record.deployment,
    `The test instance of the image has no SSM agent that is online, as no instance of group ${record.group} has.`,
  );
  return true;
};

const look = async ({ ec2, ssm }: VerifyImageClients, id: string): Promise<TestInstanceSeen> => {
  const [[found], status, pings] = await Promise.all([
    describeInstances(ec2, [id]),
    statusOf(ec2, id),
    pingsOf(ssm, [id]),
  ]);
  return {
    state: found?.state,
    reason: found?.reason,
    system: status?.SystemStatus?.Status,
    instance: status?.InstanceStatus?.Status,
    agent: pings.get(id)?.status,
  };
};

/** EC2 may not know such a new instance yet; it describes the status of running ones only. */
const statusOf = async (ec2: EC2Client, id: string): Promise<InstanceStatus | undefined> => {
  try {
    const { InstanceStatuses: [status] = [] } = await ec2.send(
      new DescribeInstanceStatusCommand({ InstanceIds: [id] }),
    );
    return status;
  } catch (error) {
    if (nameOf(error).startsWith('InvalidInstanceID')) return undefined;
    throw error;
  }
};

/** Quotas lack capacity as a zone does: the group itself would be refused for the same reason, now. */
const isNoCapacity = (error: unknown): boolean =>
  noCapacity.has(nameOf(error)) || /LimitExceeded$|^MaxSpotInstanceCountExceeded$/.test(nameOf(error));

/** @returns undefined, with a warning, if there is no capacity for it: that says nothing of the image. */
const launch = async (context: StepContext, clients: VerifyImageClients): Promise<string | undefined> => {
  const { core, record } = context;
  const { ec2 } = clients;
  const group = await describeGroup(clients.autoScaling, record.group);
  const request = await testRequest(context, ec2, group, record.launchTemplate);
  try {
    const { instanceId } = await context.change(
      testInstanceEffect,
      { target: record.deployment, before: null, wrote: {} },
      async (_, again) => {
        const [launched] = again ? await findTestInstances(ec2, record) : [];
        return { instanceId: launched ?? (await launchInSome(ec2, group.subnets, request)) };
      },
    );
    return instanceId;
  } catch (error) {
    if (isNoCapacity(error)) {
      const effect = await core.effects.find(record.deployment, testInstanceEffect, record.deployment);
      if (effect && isOpen(effect)) await settleAs(core, effect, never);
      await core.records.warn(
        record.deployment,
        `The image of ${record.version} was not booted before the group got it, since there was no capacity for a test instance: ${nameOf(error)}: ${messageOf(error)}`,
      );
      return undefined;
    }
    if (mustPass(error)) throw error;
    throw new ImageNotVerified(
      `No test instance of ${record.application} ${record.version} could be launched from version ${record.launchTemplate?.version ?? ''} of its launch template, so the group could launch none either: ${messageOf(error)}`,
      { cause: error },
    );
  }
};

const testRequest = async (
  { record }: StepContext,
  ec2: EC2Client,
  group: Group,
  template: LaunchTemplateRef | undefined,
) => {
  const version = template && (await describeTemplateVersion(ec2, template));
  return ownInstanceRequest(record, group, {
    name: testInstanceName(record),
    purpose: 'test-instance',
    template,
    data: version?.LaunchTemplateData,
  });
};

/** Dry run: may the role launch the test instance? The version does not exist yet; the group's own stands in for it. */
export const tryVerifyImage = async (
  context: StepContext,
  { autoScaling, ec2 }: Pick<VerifyImageClients, 'autoScaling' | 'ec2'>,
): Promise<string | undefined> => {
  const group = await describeGroup(autoScaling, context.record.group);
  const request = await testRequest(context, ec2, group, group.launchTemplate);
  return refusalOf(() => ec2.send(new RunInstancesCommand({ ...request(group.subnets[0]), DryRun: true })));
};
