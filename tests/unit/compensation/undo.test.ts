import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  ResumeProcessesCommand,
  RollbackInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CancelCommandCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { putBackSize, sizeEffect, sizeRepair } from '../../../lib/fleet/sizeEffect';
import { settleBy, undone } from '../../../lib/engine/settled';
import { undo } from '../../../lib/deployment/compensation/undo';
import type { Wait, Waits } from '../../../lib/engine/waiting/waits';
import { contextOf, effectOf, now, recordOf } from './fakeContext';
import { commandEffect } from '../../../lib/provisioning/commandEffect';
import { processesEffect } from '../../../lib/fleet/processesEffect';
import { refreshEffect } from '../../../lib/rollout/refreshEffect';
import * as errors from '../../../lib/engine/errors';
import { standbyEffect, standbyRepair } from '../../../lib/image/standbyEffect';

const autoScaling = mockClient(AutoScalingClient);
const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);

const closed: string[] = [];
const waitsWith = (rows: Record<string, Partial<Wait>>): Waits =>
  ({
    find: (step: string) => Promise.resolve(rows[step]),
    close: ({ step }: { step: string }) => {
      closed.push(step);
      return Promise.resolve();
    },
  }) as unknown as Waits;

const tools = (rows: Record<string, Partial<Wait>> = {}) => ({
  autoScaling: new AutoScalingClient({ region: 'eu-west-1' }),
  ec2: new EC2Client({ region: 'eu-west-1' }),
  elb: new ElasticLoadBalancingV2Client({ region: 'eu-west-1' }),
  ssm: new SSMClient({ region: 'eu-west-1' }),
  waits: waitsWith(rows),
});

const groupIs = (more: object): void => {
  autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'web',
        MinSize: 2,
        MaxSize: 30,
        DesiredCapacity: 20,
        DefaultCooldown: 300,
        AvailabilityZones: ['eu-west-1a'],
        HealthCheckType: 'EC2',
        CreatedTime: new Date(now),
        ...more,
      },
    ],
  });
};

beforeEach(() => {
  autoScaling.reset();
  ec2.reset();
  ssm.reset();
  ec2.on(DescribeInstancesCommand).resolves({ Reservations: [] });
  ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [] });
  autoScaling.on(CancelInstanceRefreshCommand).resolves({});
  ssm.on(CancelCommandCommand).resolves({});
  closed.length = 0;
  groupIs({});
});

describe('Putting back a size', () => {
  const effect = effectOf(sizeEffect, { target: 'web MaxSize', before: 30, wrote: 33 });
  test.each([
    ['is put back if it is still what Forseti wrote', 33, 'done', 'undone', 1],
    ['needs nothing if it is as before', 30, 'done', 'undone', 0],
    ['counts as never changed if only the intent is known', 30, 'intended', 'void', 0],
    ['stays if another tool changed it', 50, 'done', 'foreign', 0],
  ] as const)('The size %s', async (_, found, state, expected, calls) => {
    groupIs({ MaxSize: found });
    const context = contextOf();
    const settled = await putBackSize(context, tools().autoScaling, { ...effect, state });
    expect(settled.state).toBe(expected);
    expect(context.guards).toBe(calls);
    expect(autoScaling.commandCalls(UpdateAutoScalingGroupCommand, { MaxSize: 30 })).toHaveLength(calls);
  });
});

describe('Settling an effect', () => {
  const effect = effectOf(sizeEffect, { target: 'web MaxSize', before: 30, wrote: 33 });
  test('A failure for good is noted as left, with the repair command', async () => {
    const context = contextOf({ effects: [effect] });
    await settleBy(context, sizeRepair, effect, () => Promise.reject(new Error('AccessDenied')));
    expect(context.effects.get(effect.item)).toMatchObject({
      state: 'left',
      mend: 'aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --max-size 30 --region eu-west-1',
    });
  });
  test('A transient error is thrown, so that the machine tries again', async () => {
    const context = contextOf({ effects: [effect] });
    const throttled = Object.assign(new Error('slow down'), { name: 'Throttling' });
    await expect(settleBy(context, sizeRepair, effect, () => Promise.reject(throttled))).rejects.toBe(
      throttled,
    );
    expect(context.effects.get(effect.item)?.state).toBe('done');
  });
  test.each(['Halted', 'LockLost', 'DeploymentClosed', 'UnknownFormat', 'TransientError'] as const)(
    'The error %s, which says that this execution may not go on, is thrown, and nothing is noted',
    async (name) => {
      const context = contextOf({ effects: [effect] });
      const error = new errors[name]('stop');
      await expect(settleBy(context, sizeRepair, effect, () => Promise.reject(error))).rejects.toBe(error);
      expect(context.effects.get(effect.item)?.state).toBe('done');
    },
  );
  test('What the undo has noted before it failed counts', async () => {
    const standby = effectOf(standbyEffect, { target: 'i-9', before: 'InService', wrote: 'Standby' });
    const context = contextOf({ effects: [standby] });
    await settleBy(context, standbyRepair, standby, async () => {
      const result = { retirement: { from: 3, raise: true } };
      await context.core.effects.settle(standby, 'done', { result });
      throw new Error('AccessDenied');
    });
    expect(context.effects.get(standby.item)?.mend).toContain('--desired-capacity 4');
  });
  test('An effect whose outcome is not known yet stays open', async () => {
    const context = contextOf({ effects: [effect] });
    await settleBy(context, sizeRepair, effect, () => Promise.resolve(undefined));
    expect(context.effects.get(effect.item)?.state).toBe('done');
    await settleBy(context, sizeRepair, effect, () => Promise.resolve(undone));
    expect(context.effects.get(effect.item)?.state).toBe('undone');
  });
});

describe('The state Undo', () => {
  const processes = effectOf(processesEffect, {
    target: 'web',
    before: ['AZRebalance'],
    wrote: ['Launch', 'Terminate', 'ReplaceUnhealthy'],
  });
  const refresh = effectOf(refreshEffect, {
    target: 'web',
    before: null,
    wrote: { id: 'lt-1', version: '5' },
    result: { refreshId: 'r-1' },
  });
  const command = effectOf(commandEffect, {
    target: 'first',
    before: null,
    wrote: {},
    result: { commandId: 'c-1' },
  });

  test('Undo does nothing after the point of no return', async () => {
    const context = contextOf({ record: recordOf({ completedAt: now }), effects: [processes] });
    expect(await undo(context, tools())).toEqual({ over: {} });
    expect(context.halts).toEqual([]);
    expect(context.effects.get(processes.item)?.state).toBe('done');
  });

  test('Undo halts first, and waits for a poll of another step that is still running', async () => {
    const context = contextOf({ effects: [processes] });
    const rows = {
      'step#api-v2-1#Provision': { step: 'step#api-v2-1#Provision', leaseUntil: now + 41_500 },
      'step#api-v2-1#Suspend': { step: 'step#api-v2-1#Suspend' },
    };
    expect(await undo(context, tools(rows))).toMatchObject({ waitFor: [], expectedSeconds: 42 });
    expect(context.halts).toHaveLength(1);
    expect(closed).toEqual(['step#api-v2-1#Suspend']);
    expect(autoScaling.calls()).toHaveLength(0);
  });

  test('Undo resumes the processes that Forseti suspended, and leaves those that others had suspended', async () => {
    groupIs({
      SuspendedProcesses: ['AZRebalance', 'Launch', 'Terminate', 'ReplaceUnhealthy'].map((ProcessName) => ({
        ProcessName,
      })),
    });
    const context = contextOf({ effects: [processes] });
    expect(await undo(context, tools())).toEqual({ over: {} });
    expect(autoScaling.commandCalls(ResumeProcessesCommand).map(({ args }) => args[0].input)).toEqual([
      { AutoScalingGroupName: 'web', ScalingProcesses: ['Launch', 'Terminate', 'ReplaceUnhealthy'] },
    ]);
    expect(context.effects.get(processes.item)?.state).toBe('undone');
  });

  test('Undo cancels a running command and waits for its end', async () => {
    ssm.on(ListCommandsCommand).resolves({ Commands: [{ CommandId: 'c-1', Status: 'InProgress' }] });
    const context = contextOf({ effects: [command] });
    expect(await undo(context, tools())).toMatchObject({
      waitFor: ['command#c-1'],
      progress: 'waits until 1 command has stopped',
    });
    expect(ssm.commandCalls(CancelCommandCommand)).toHaveLength(1);
    expect(context.effects.get(command.item)?.state).toBe('done');
    ssm.on(ListCommandsCommand).resolves({ Commands: [{ CommandId: 'c-1', Status: 'Cancelled' }] });
    expect(await undo(context, tools())).toEqual({ over: {} });
    // There is nothing to cancel any more, and so nothing for a person to cancel.
    expect(context.effects.get(command.item)?.state).toBe('undone');
  });

  test('Undo tags the instances on which a command had begun before anybody could tag them, and no others', async () => {
    ssm.on(ListCommandsCommand).resolves({
      Commands: [{ CommandId: 'c-1', Status: 'Cancelled', Comment: 'forseti api-v2-1 first' }],
    });
    ssm.on(ListCommandInvocationsCommand).resolves({
      CommandInvocations: [
        {
          InstanceId: 'i-1',
          Status: 'Cancelled',
          CommandPlugins: [{ ResponseCode: -1, ResponseStartDateTime: new Date(now) }],
        },
        { InstanceId: 'i-2', Status: 'Cancelled', CommandPlugins: [{ ResponseCode: -1 }] },
      ],
    });
    ec2.on(DescribeInstancesCommand).callsFake(({ Filters: [filter] = [] }) => ({
      Reservations: [
        {
          Instances: (filter as { Values: string[] }).Values.map((InstanceId) => ({
            InstanceId,
            State: { Name: 'running' },
          })),
        },
      ],
    }));
    // The function died between the call and its note.
    const sent = { ...command, state: 'intended' as const, result: undefined };
    const context = contextOf({ effects: [sent] });
    expect(await undo(context, tools())).toEqual({ over: {} });
    const [tagged, ...others] = ec2.commandCalls(CreateTagsCommand).map(({ args }) => args[0].input);
    expect(others).toEqual([]);
    expect(tagged?.Resources).toEqual(['i-1']);
    expect(tagged?.Tags).toContainEqual({ Key: 'forseti:version', Value: 'tainted' });
  });

  test('Undo finds that a command was never sent', async () => {
    ssm.on(ListCommandsCommand).resolves({ Commands: [] });
    const context = contextOf({ effects: [{ ...command, state: 'intended', result: undefined }] });
    expect(await undo(context, tools())).toEqual({ over: {} });
    expect(context.effects.get(command.item)?.state).toBe('void');
  });

  beforeEach(() => {
    groupIs({});
    autoScaling.on(DescribeScalingActivitiesCommand).resolves({});
  });

  const running = (Status: 'InProgress' | 'RollbackInProgress' | 'RollbackSuccessful') =>
    autoScaling
      .on(DescribeInstanceRefreshesCommand)
      .resolves({ InstanceRefreshes: [{ InstanceRefreshId: 'r-1', Status }] });

  test("Undo uses the refresh's own rollback if nothing was provisioned in place", async () => {
    running('InProgress');
    const context = contextOf({ effects: [refresh] });
    expect(await undo(context, tools())).toMatchObject({ waitFor: ['refresh#r-1'] });
    expect(autoScaling.commandCalls(RollbackInstanceRefreshCommand)).toHaveLength(1);
    expect(autoScaling.commandCalls(CancelInstanceRefreshCommand)).toHaveLength(0);
  });

  test('Undo cancels the refresh if instances were provisioned in place', async () => {
    running('InProgress');
    ssm.on(ListCommandsCommand).resolves({ Commands: [{ CommandId: 'c-1', Status: 'Success' }] });
    const context = contextOf({ effects: [command, refresh] });
    await undo(context, tools());
    expect(autoScaling.commandCalls(RollbackInstanceRefreshCommand)).toHaveLength(0);
    expect(autoScaling.commandCalls(CancelInstanceRefreshCommand)).toHaveLength(1);
  });

  test('Undo waits for a rollback that is under way, and goes on after it', async () => {
    running('RollbackInProgress');
    const context = contextOf({ effects: [refresh] });
    expect(await undo(context, tools())).toMatchObject({ waitFor: ['refresh#r-1'] });
    expect(autoScaling.commandCalls(RollbackInstanceRefreshCommand)).toHaveLength(0);
    running('RollbackSuccessful');
    expect(await undo(context, tools())).toEqual({ over: {} });
  });

  test('Undo waits for a refresh that was just started and is not listed yet', async () => {
    autoScaling.on(DescribeInstanceRefreshesCommand).resolves({ InstanceRefreshes: [] });
    const fresh = { ...refresh, intendedAt: now - 5_000 };
    expect(await undo(contextOf({ effects: [fresh] }), tools())).toMatchObject({ waitFor: ['refresh#r-1'] });
    expect(await undo(contextOf({ effects: [refresh] }), tools())).toEqual({ over: {} });
  });

  test('Undo takes a refresh that just ended as ended', async () => {
    running('InProgress');
    autoScaling
      .on(RollbackInstanceRefreshCommand)
      .rejects(Object.assign(new Error('none'), { name: 'ActiveInstanceRefreshNotFoundFault' }));
    expect(await undo(contextOf({ effects: [refresh] }), tools())).toMatchObject({
      waitFor: ['refresh#r-1'],
    });
  });
});
