import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import { applicationSchema } from '../../../lib/application/schema';
import { Table } from '../../../lib/aws/table';
import { makeCore } from '../../../lib/engine/core';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { waitingStates } from '../../../lib/engine/waiting/states';
import { sweep } from '../../../lib/sweep/sweep';
import { type Pointer, type Wait, Waits, waitKey } from '../../../lib/engine/waiting/waits';
import { cloudWithTables, environment } from '../support/tables';
import { processesEffect } from '../../../lib/fleet/processesEffect';

const sfn = mockClient(SFNClient);
const sqs = mockClient(SQSClient);
const lambda = mockClient(LambdaClient);
const autoScaling = mockClient(AutoScalingClient);
const sns = mockClient(SNSClient);
const eventBridge = mockClient(EventBridgeClient);
beforeEach(() => {
  for (const mock of [sfn, sqs, lambda, autoScaling, sns, eventBridge]) mock.reset();
  sfn.on(ListExecutionsCommand).resolves({ executions: [] });
  sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
  sqs.on(SendMessageCommand).resolves({});
  lambda.on(InvokeCommand).resolves({});
  autoScaling.on(ResumeProcessesCommand).resolves({});
  sns.on(PublishCommand).resolves({});
  eventBridge.on(PutEventsCommand).resolves({});
});

const deployment = 'api-v2-0123456789ab';
const minute = 60_000;
const stack = () => {
  const { cloud, dynamodb } = cloudWithTables();
  const core = makeCore({ environment, clock: () => cloud.now(), newId: () => 'id' }, dynamodb);
  const waits = new Waits(new Table<Wait | Pointer>(dynamodb, environment.tables.waits));
  const tools = {
    core,
    waits,
    sqs: new SQSClient({}),
    lambda: new LambdaClient({}),
    sfn: new SFNClient({}),
    autoScaling: new AutoScalingClient({}),
    channels: { sns: new SNSClient({}), eventBridge: new EventBridgeClient({}) },
    endOverdue: () => Promise.resolve(0),
    tellRefused: () => Promise.resolve(0),
    logger: { error: () => undefined },
  };
  return { cloud, core, waits, sweep: () => cloud.run(() => sweep(tools)) };
};
type Stage = ReturnType<typeof stack>;

const openRecord: DeploymentRecord = {
  deployment,
  item: 'record',
  kind: 'deployment',
  application: 'api',
  version: 'v2',
  strategy: 'golden-instance',
  rollout: 'surge',
  extraVars: {},
  execution: 'arn:aws:states:eu-west-1:111122223333:execution:deploy:api-v2-0123456789ab',
  group: 'api-production',
  settings: applicationSchema.parse({
    group: 'api-production',
    provisioning: { source: { s3: 's3://tickets-ansible/playbooks.tar.gz' } },
  }),
  settingsVersion: 1,
  acceptedAt: Date.UTC(2026, 10, 22, 8),
};

const park = ({ cloud, waits }: Stage, state: string, deadlineMs: number, stallsAt = 1e15) =>
  cloud.run(() =>
    waits.park(
      {
        deployment,
        state,
        token: 't',
        functionName: 'f',
        deadlineAt: cloud.now() + deadlineMs,
        stallsAt,
      },
      { owner: 'o', now: cloud.now(), until: cloud.now() + minute },
    ),
  );

test('A parked step whose poll is overdue gets one at once', async () => {
  const stood = stack();
  await park(stood, 'BakeImage', 60 * minute);
  expect(await stood.sweep()).toMatchObject({ rearmed: 0 });
  await stood.cloud.advance(2 * minute);
  expect(await stood.sweep()).toMatchObject({ rearmed: 1 });
  expect(sqs).toHaveReceivedCommandWith(SendMessageCommand, {
    DelaySeconds: 0,
    MessageBody: JSON.stringify({ look: waitKey(deployment, 'BakeImage'), functionName: 'f' }),
  });
});

test('A row whose token timed out long ago is deleted', async () => {
  const stood = stack();
  await park(stood, 'BakeImage', minute);
  await stood.cloud.advance(90 * minute);
  expect(await stood.sweep()).toMatchObject({ forgotten: 1, rearmed: 0 });
  expect(await stood.cloud.run(() => stood.waits.all())).toEqual({ waits: [], strays: [] });
});

describe('A step that stands still', () => {
  const sent = () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input.Subject);
  /** A record, and a step of it that is parked and moved on last 10 minutes ago. */
  const stalled = async (state: string, more: Partial<DeploymentRecord> = {}) => {
    const stood = stack();
    const { cloud, core } = stood;
    await cloud.run(async () => {
      await core.records.create({ ...openRecord, ...more });
      await core.records.setStep(deployment, state, { startedAt: cloud.now(), reason: 'no capacity' });
    });
    await park(stood, state, 300 * minute, cloud.now() + 10 * minute);
    return stood;
  };

  test.each(waitingStates)(
    'Whichever state it is, one message says so after ten minutes: %s',
    async (state) => {
      const stood = await stalled(state);
      await stood.cloud.advance(9 * minute);
      await stood.sweep();
      expect(sent()).toEqual([]);
      await stood.cloud.advance(minute);
      expect(await stood.sweep()).toMatchObject({ stalled: 1 });
      expect([...new Set(sent())]).toEqual([`Forseti: api v2 stands still at ${state}`]);
      const pages = ['Halt', 'RollBack', 'Undo', 'Restore'].includes(state);
      expect(sent()).toHaveLength(pages ? 2 : 1);
      await stood.cloud.advance(30 * minute);
      expect(await stood.sweep()).toMatchObject({ stalled: 0 });
      expect(sent()).toHaveLength(pages ? 2 : 1);
    },
  );

  test('Two sweeps at once send one message', async () => {
    const stood = await stalled('Rollout');
    await stood.cloud.advance(10 * minute);
    await Promise.all([stood.sweep(), stood.sweep()]);
    expect(sent()).toHaveLength(1);
  });

  test('A message that could not be sent is sent by a later sweep', async () => {
    const stood = await stalled('Rollout');
    await stood.cloud.advance(10 * minute);
    sns.on(PublishCommand).rejectsOnce(new Error('no')).resolves({});
    await expect(stood.sweep()).rejects.toThrow('no');
    await stood.sweep();
    expect(sent()).toHaveLength(1);
    await stood.cloud.advance(3 * minute);
    await stood.sweep();
    expect(sent()).toHaveLength(2);
  });

  test('A second standstill of the same step is told again', async () => {
    const stood = await stalled('Rollout');
    await stood.cloud.advance(10 * minute);
    await stood.sweep();
    const { waits, cloud } = stood;
    await cloud.run(() =>
      waits.rearm(waitKey(deployment, 'Rollout'), 'o', {
        lookAt: cloud.now(),
        looks: 2,
        troubles: 0,
        things: [],
        stallsAt: cloud.now() + 10 * minute,
      }),
    );
    await cloud.advance(10 * minute);
    await stood.sweep();
    expect(sent()).toHaveLength(2);
  });

  test('A step that the machine tries again and again is told too, though it is not parked', async () => {
    const stood = stack();
    const { cloud, core } = stood;
    await cloud.run(async () => {
      await core.records.create({ ...openRecord, due: 'open', acceptedAt: cloud.now() });
      await core.records.beginStep(deployment, 'Lock', cloud.now());
      await core.records.beginStep(deployment, 'Preflight', cloud.now() + minute);
      await core.records.setStep(deployment, 'Preflight', {
        reason: 'AWS could not be asked: Rate exceeded',
      });
    });
    await cloud.advance(10 * minute);
    await stood.sweep();
    expect(sent()).toEqual([]);
    await cloud.advance(minute);
    expect(await stood.sweep()).toMatchObject({ stalled: 1 });
    expect(sent()).toEqual(['Forseti: api v2 stands still at Preflight']);
    expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.Message).toMatch(/Rate exceeded/);
    await cloud.advance(10 * minute);
    await stood.sweep();
    expect(sent()).toHaveLength(1);
  });

  test('A record whose step has just ended does not stand still', async () => {
    const stood = stack();
    const { cloud, core } = stood;
    await cloud.run(async () => {
      await core.records.create({ ...openRecord, due: 'open', acceptedAt: cloud.now() });
      await core.records.beginStep(deployment, 'SetScaling', cloud.now());
      await core.records.setStep(deployment, 'Rollout', {
        startedAt: cloud.now() + minute,
        endedAt: cloud.now() + 40 * minute,
      });
    });
    await cloud.advance(41 * minute);
    await stood.sweep();
    expect(sent()).toEqual([]);
  });

  test('A closed record is told nothing of', async () => {
    const stood = await stalled('Rollout', { closedAt: 1 });
    await stood.cloud.advance(10 * minute);
    await stood.sweep();
    expect(sent()).toEqual([]);
  });
});

test('A pointer to a step that waits no more is deleted', async () => {
  const stood = stack();
  await stood.cloud.run(() => stood.waits.point(['image#ami-1'], waitKey(deployment, 'BakeImage'), 'f'));
  await stood.sweep();
  expect(await stood.cloud.run(() => stood.waits.waitingFor('image#ami-1'))).toEqual([]);
});

test('A pointer whose step was parked behind the scan stays', async () => {
  const stood = stack();
  await park(stood, 'BakeImage', 60 * minute);
  const step = waitKey(deployment, 'BakeImage');
  await stood.cloud.run(() => stood.waits.point(['image#ami-1'], step, 'f'));
  const scan = jest.spyOn(Table.prototype, 'scan').mockImplementationOnce(async function (
    this: Table<object>,
  ) {
    scan.mockRestore();
    return (await this.scan()).filter((row) => !('token' in row));
  });
  await stood.sweep();
  expect(await stood.cloud.run(() => stood.waits.waitingFor('image#ami-1'))).toHaveLength(1);
});

test('Nothing is kept warm while nothing runs', async () => {
  await stack().sweep();
  expect(lambda).not.toHaveReceivedCommand(InvokeCommand);
});

describe('A spike while launching is suspended', () => {
  const group = (desired: number, inService: number) => ({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'api-production',
        AutoScalingGroupARN:
          'arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:u:autoScalingGroupName/api-production',
        MinSize: 2,
        MaxSize: 40,
        DesiredCapacity: desired,
        DefaultCooldown: 300,
        AvailabilityZones: ['eu-west-1a', 'eu-west-1b'],
        HealthCheckType: 'ELB',
        CreatedTime: new Date(Date.UTC(2026, 0, 1)),
        SuspendedProcesses: [{ ProcessName: 'Launch', SuspensionReason: 'User suspended' }],
        Instances: Array.from({ length: inService }, (_, index) => ({
          InstanceId: `i-${String(index)}`,
          AvailabilityZone: 'eu-west-1a',
          LifecycleState: 'InService' as const,
          HealthStatus: 'Healthy',
          ProtectedFromScaleIn: false,
        })),
      },
    ],
  });

  const deploying = async (stood: Stage, launchIsOurs = true) => {
    const record: DeploymentRecord = {
      deployment,
      item: 'record',
      kind: 'deployment',
      application: 'api',
      version: 'v2',
      strategy: 'deploy-and-snapshot',
      rollout: 'none',
      extraVars: {},
      execution: 'arn:execution',
      group: 'api-production',
      settings: applicationSchema.parse({
        group: 'api-production',
        provisioning: { source: { s3: 's3://tickets-ansible/playbooks.tar.gz' } },
      }),
      settingsVersion: 1,
      acceptedAt: stood.cloud.now(),
      fence: 1,
    };
    await stood.cloud.run(async () => {
      await stood.core.records.create(record);
      await stood.core.locks.take({ fleet: 'api-production', owner: 'arn:execution', deployment, now: 0 });
      const { effect } = await stood.core.effects.intend(deployment, 'Suspend', processesEffect, {
        target: 'api-production',
        before: launchIsOurs ? [] : ['Launch'],
        wrote: launchIsOurs ? ['Launch', 'Terminate'] : ['Terminate'],
      });
      await stood.core.effects.settle(effect, 'done');
    });
  };
  const minutesOfSweeps = async (stood: Stage, minutes: number) => {
    for (let count = 0; count < minutes; count += 1) {
      await stood.sweep();
      await stood.cloud.advance(minute);
    }
  };

  test('A spike that lasts two minutes lets the fleet launch again, and is noted in the record', async () => {
    const stood = stack();
    await deploying(stood);
    autoScaling.on(DescribeAutoScalingGroupsCommand).resolves(group(30, 20));
    await minutesOfSweeps(stood, 2);
    expect(autoScaling).not.toHaveReceivedCommand(ResumeProcessesCommand);
    await minutesOfSweeps(stood, 1);
    expect(autoScaling).toHaveReceivedCommandWith(ResumeProcessesCommand, {
      AutoScalingGroupName: 'api-production',
      ScalingProcesses: ['Launch'],
    });
    const record = await stood.cloud.run(() => stood.core.records.find(deployment));
    expect(record?.warnings?.[0]).toMatch(/30 instances were wanted and 20 in service/);
  });

  test('A spike that passes resumes nothing', async () => {
    const stood = stack();
    await deploying(stood);
    autoScaling
      .on(DescribeAutoScalingGroupsCommand)
      .resolvesOnce(group(30, 20))
      .resolvesOnce(group(20, 20))
      .resolves(group(30, 20));
    await minutesOfSweeps(stood, 4);
    expect(autoScaling).not.toHaveReceivedCommand(ResumeProcessesCommand);
  });

  test('A spike does not resume what another tool had suspended', async () => {
    const stood = stack();
    await deploying(stood, false);
    autoScaling.on(DescribeAutoScalingGroupsCommand).resolves(group(30, 20));
    await minutesOfSweeps(stood, 4);
    expect(autoScaling).not.toHaveReceivedCommand(ResumeProcessesCommand);
  });
});
