import {
  AutoScalingClient,
  ExitStandbyCommand,
  PutScalingPolicyCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AwsError, type Faults } from '@forseti/embedded-cloud';
import { ask, giveGroup, minuteMs, newTemplateVersion, untilCall, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { fleetSnapshot, looseEnds, noLooseEnds } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);

const inPlace = { rollout: { strategy: 'none' } };
const golden = { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh' } };
const surge = { strategy: 'golden-instance', rollout: { strategy: 'surge' } };
const group = { AutoScalingGroupName: 'api' };
const scaling = (stack: TestStack) => stack.session.connect(AutoScalingClient);
const change = (stack: TestStack, sizes: { MinSize?: number; MaxSize?: number }) =>
  scaling(stack).send(new UpdateAutoScalingGroupCommand({ ...group, ...sizes }));
const members = (stack: TestStack) => Object.entries(stack.group().instances);
const policyTargets = (stack: TestStack) =>
  Object.values(stack.region.service('autoscaling').state.policies).map(({ target }) => target?.value);
const thresholds = (stack: TestStack) =>
  Object.values(stack.region.service('cloudwatch').state.alarms)
    .filter(({ name }) => name === 'forseti-production-api-busy')
    .map(({ configuration }) => configuration.Threshold);

interface Case {
  /** The value that Forseti writes and another tool changes. */
  readonly value: string;
  readonly options: TestStackOptions;
  /** Lets the deployment run until Forseti has written the value. */
  readonly until: (stack: TestStack) => Promise<void>;
  readonly somebody: (stack: TestStack) => Promise<unknown>;
  /** How the value is read, and what it is after everything is undone: the other tool's value. */
  readonly seen: (stack: TestStack) => unknown;
  readonly stays: unknown;
  /**
   * Effects that are reported as changed externally. Empty if the other tool's value is the former one, which cannot
   * be told apart.
   */
  readonly told: readonly [kind: string, target: string][];
  readonly faults?: Faults;
}

const written = (action: string, state: string) => (stack: TestStack) =>
  untilCall(
    stack,
    (call) => call.action === action && call.caller.endsWith(`-${state}`) && call.error === undefined,
  );

const cases: Case[] = [
  {
    value: 'suspended processes: another is suspended, one of ours resumed',
    options: { settings: inPlace },
    until: (stack) => untilState(stack, 'Provision'),
    somebody: async (stack) => {
      await scaling(stack).send(new SuspendProcessesCommand({ ...group, ScalingProcesses: ['HealthCheck'] }));
      await scaling(stack).send(new ResumeProcessesCommand({ ...group, ScalingProcesses: ['AZRebalance'] }));
    },
    seen: (stack) => Object.keys(stack.group().suspended),
    stays: ['HealthCheck'],
    told: [],
  },
  {
    value: 'the minimum, lowered to take an instance out',
    options: { settings: inPlace, group: { min: 4 } },
    until: (stack) => untilState(stack, 'BakeImage'),
    somebody: (stack) => change(stack, { MinSize: 2 }),
    seen: (stack) => stack.group().minSize,
    stays: 2,
    told: [['group-size', 'api MinSize']],
  },
  {
    value: 'the maximum, raised for a surge',
    options: { settings: surge, group: { max: 4 } },
    until: written('SetDesiredCapacity', 'Rollout'),
    somebody: (stack) => change(stack, { MaxSize: 9 }),
    seen: (stack) => stack.group().maxSize,
    stays: 9,
    told: [['group-size', 'api MaxSize']],
  },
  {
    value: 'the group’s launch template',
    options: { settings: surge },
    until: written('SetDesiredCapacity', 'Rollout'),
    somebody: async (stack) => giveGroup(stack, await newTemplateVersion(stack, '1')),
    seen: (stack) => stack.group().launch.launchTemplate?.version,
    stays: '3',
    told: [['group-launch-template', 'api']],
  },
  {
    value: 'protection from scale-in: an old instance’s is somebody’s own',
    options: { settings: surge },
    until: written('SetDesiredCapacity', 'Rollout'),
    somebody: (stack) =>
      scaling(stack).send(
        new SetInstanceProtectionCommand({
          ...group,
          InstanceIds: [members(stack)[0]?.[0] ?? ''],
          ProtectedFromScaleIn: true,
        }),
      ),
    seen: (stack) => members(stack).filter(([, member]) => member.protected).length,
    stays: 1,
    told: [],
  },
  {
    value: 'tags of instances, of which one is still ours',
    options: { settings: inPlace },
    until: written('CreateTags', 'Provision'),
    somebody: (stack) =>
      stack.session.connect(EC2Client).send(
        new CreateTagsCommand({
          Resources: members(stack)
            .slice(0, 3)
            .map(([id]) => id),
          Tags: [{ Key: 'forseti:part', Value: 'mine' }],
        }),
      ),
    seen: (stack) =>
      members(stack).map(([id]) => {
        const { 'forseti:part': part, 'forseti:version': version } = stack.instance(id).tags;
        return [part, version];
      }),
    stays: [...Array.from({ length: 3 }, () => ['mine', 'v1']), [undefined, 'v1']],
    told: [['instance-tags', expect.any(String) as string]],
    faults: {
      call: ({ action }) =>
        action === 'SendCommand'
          ? { before: new AwsError('InvalidDocument', 'No such document.') }
          : undefined,
    },
  },
  {
    value: 'a scaling policy',
    options: {
      settings: {
        ...golden,
        scaling: {
          policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
        },
      },
    },
    until: (stack) => untilState(stack, 'Rollout'),
    somebody: (stack) =>
      scaling(stack).send(
        new PutScalingPolicyCommand({
          ...group,
          PolicyName: 'forseti-cpu',
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingConfiguration: {
            PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
            TargetValue: 80,
          },
        }),
      ),
    seen: policyTargets,
    stays: [80],
    told: [['scaling-policy', 'forseti-cpu']],
  },
  {
    value: 'an alarm',
    options: {
      settings: {
        ...golden,
        scaling: {
          alarms: {
            busy: {
              namespace: 'AWS/EC2',
              metric: 'CPUUtilization',
              threshold: 60,
            },
          },
        },
      },
    },
    until: (stack) => untilState(stack, 'Rollout'),
    somebody: (stack) =>
      stack.session.connect(CloudWatchClient).send(
        new PutMetricAlarmCommand({
          AlarmName: 'forseti-production-api-busy',
          Namespace: 'AWS/EC2',
          MetricName: 'CPUUtilization',
          Statistic: 'Average',
          ComparisonOperator: 'GreaterThanThreshold',
          Threshold: 90,
          Period: 60,
          EvaluationPeriods: 3,
        }),
      ),
    seen: thresholds,
    stays: [90],
    told: [['alarm', 'forseti-production-api-busy']],
  },
  {
    value: 'the instance in standby: somebody brings it back himself',
    options: { settings: inPlace },
    until: (stack) => untilState(stack, 'BakeImage'),
    somebody: async (stack) => {
      await scaling(stack).send(new ResumeProcessesCommand({ ...group, ScalingProcesses: ['Launch'] }));
      const InstanceIds = members(stack).flatMap(([id, { lifecycle }]) =>
        lifecycle === 'Standby' ? [id] : [],
      );
      await scaling(stack).send(new ExitStandbyCommand({ ...group, InstanceIds }));
    },
    seen: (stack) => [stack.group().desired, members(stack).length],
    stays: [4, 4],
    told: [],
  },
  {
    value: 'the desired capacity, in a refresh',
    options: { settings: golden },
    until: (stack) => untilState(stack, 'Rollout'),
    somebody: (stack) => scaling(stack).send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 6 })),
    seen: (stack) => stack.group().desired,
    stays: 6,
    told: [],
  },
  {
    value: 'the desired capacity, in a surge',
    options: { settings: surge },
    until: written('SetDesiredCapacity', 'Rollout'),
    somebody: (stack) => scaling(stack).send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 7 })),
    seen: (stack) => stack.group().desired,
    stays: 7,
    told: [],
  },
];

describe('Values that another tool changes during a deployment', () => {
  test.each(cases)(
    'The changed value stays as it is and is reported: $value',
    async ({ options, until, somebody, seen, stays, told, faults }) => {
      const stack = await startTestStack({ ...options, ...(faults && { faults }) });
      const arn = await stack.start({ application: 'api', version: 'v2' });
      await until(stack);
      // A moment later, when the call has returned.
      await stack.cloud.advance(100);
      await somebody(stack);
      if (!faults) await ask(stack, 'HaltDeployment', { application: 'api', reason: 'wrong tag', by: 'ada' });
      const ended = await stack.ended(arn);
      expect([ended.outcome, ended.end?.left]).toEqual(['RolledBack', []]);
      await stack.cloud.advance(10 * minuteMs);
      expect(seen(stack)).toEqual(stays);
      expect(ended.end?.foreign.map(({ kind, target }) => [kind, target])).toEqual(told);
      for (const { note } of ended.end?.foreign ?? []) expect(note).toMatch(/somebody else/);
      expect(refusedByIam(stack)).toEqual([]);
      expect(await looseEnds(stack)).toEqual(noLooseEnds);
    },
  );

  test.each([
    ['in place', inPlace, 'BakeImage'],
    ['golden', golden, 'Rollout'],
    ['surge', surge, 'Observe'],
  ])('If no other tool changed anything, all is as before (%s)', async (_, settings, state) => {
    const stack = await startTestStack({
      settings: { ...settings, rollback: { alarms: ['api-5xx'] } },
      cloud: { alarms: { 'api-5xx': {} } },
      group: { min: 4, max: 4 },
    });
    const was = fleetSnapshot(stack);
    const arn = await stack.start({ application: 'api', version: 'v2' });
    await untilState(stack, state);
    await stack.cloud.advance(5_000);
    await ask(stack, 'HaltDeployment', { application: 'api', reason: 'wrong tag', by: 'ada' });
    const ended = await stack.ended(arn);
    expect([ended.outcome, ended.end?.left, ended.end?.foreign]).toEqual(['RolledBack', [], []]);
    // The image and its launch template version are retained to be resumed from.
    const kept = { images: [], snapshots: [], templates: [] };
    expect({ ...fleetSnapshot(stack), ...kept }).toEqual({ ...was, ...kept });
    expect(stack.group().desired).toBe(4);
  });
});
