import {
  AutoScalingClient,
  DeletePolicyCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  PutScalingPolicyCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTagsCommand, DeleteTagsCommand as DeleteEc2TagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { CloudState } from '@forseti/embedded-cloud';
import { historiesOf } from '../../cli/queries/history';
import { statusOf } from '../../cli/queries/status';
import { ask } from '../../cli/session/ask';
import { minuteMs } from './support/acts';
import { refusedByIam } from './support/calls';
import { pasteIntoShell } from './support/repair';
import { told } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(90_000);

const settings = {
  rollback: { alarms: ['errors'] },
  scaling: {
    policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 60 } },
    alarms: {
      errors: {
        metric: 'HTTPCode_Target_5XX_Count',
        namespace: 'AWS/ApplicationELB',
        statistic: 'Sum',
        periodSeconds: 60,
        evaluationPeriods: 1,
        threshold: 10,
        comparison: '>',
        missingData: 'notBreaching',
      },
    },
  },
};

/** v2 is on the fleet, and it has been at rest for a while. */
let saved: CloudState;
beforeAll(async () => {
  const stack = await startTestStack({ watchesDrift: true, settings });
  expect((await stack.deploy()).outcome).toBe('Deployed');
  await stack.cloud.advance(20 * minuteMs);
  expect(drifts(stack)).toEqual([]);
  saved = stack.cloud.snapshot();
});
let last: TestStack | undefined;
const atRest = async (options: TestStackOptions = {}): Promise<TestStack> =>
  (last = await startTestStack({ from: saved, ...options }));
/** What the way back tries is refused while a launch template lacks its owner's tag. */
const triesOfWayBack = 'forseti-production-RollBack ec2:RunInstances';
afterEach(() => {
  expect(last && refusedByIam(last).filter((call) => call !== triesOfWayBack)).toEqual([]);
});

/** Messages about drift. */
const drifts = (stack: TestStack) => told(stack).filter(({ subject }) => /drift/.test(subject));
const minutes = (stack: TestStack, count: number) => stack.cloud.advance(count * minuteMs);
const autoScaling = (stack: TestStack) => stack.session.connect(AutoScalingClient);
const templateOf = async (stack: TestStack) => {
  const { AutoScalingGroups: [group] = [] } = await autoScaling(stack).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['api'] }),
  );
  const { LaunchTemplateId: id = '', Version: version = '' } = group?.LaunchTemplate ?? {};
  return { id, version };
};
const useVersion = async (stack: TestStack, version: string) =>
  autoScaling(stack).send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: 'api',
      LaunchTemplate: { LaunchTemplateId: (await templateOf(stack)).id, Version: version },
    }),
  );

test('A launch template version that somebody reset is told once, with who it was and the command, and once when mended', async () => {
  const stack = await atRest();
  const { version } = await templateOf(stack);
  await useVersion(stack, '1');
  await minutes(stack, 11);
  const [first, ...others] = drifts(stack);
  expect(others).toEqual([]);
  expect(first?.subject).toMatch(/api has drifted/);
  expect(first?.message).toMatch(
    new RegExp(`The group uses version 1 of launch template .*, release v2 is version ${version}`),
  );
  expect(first?.message).toMatch(/Who: UpdateAutoScalingGroup by arn:aws:iam::\d+:user\/\w+/);
  expect(first?.message).toContain('aws autoscaling update-auto-scaling-group');
  await minutes(stack, 60);
  expect(drifts(stack)).toHaveLength(1);
  await useVersion(stack, version);
  await minutes(stack, 6);
  expect(drifts(stack).map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/has drifted/),
    expect.stringMatching(/the drift of api is mended/),
  ]);
});

test('Told again only where it has changed; what goes before it is told is never told', async () => {
  const stack = await atRest();
  const { version } = await templateOf(stack);
  await useVersion(stack, '1');
  await minutes(stack, 11);
  await useVersion(stack, '$Latest');
  await minutes(stack, 11);
  expect(drifts(stack)).toHaveLength(2);
  expect(drifts(stack)[1]?.message).toMatch(/uses version \$Latest \(now \d+\)/);
  await useVersion(stack, version);
  await minutes(stack, 11);
  expect(drifts(stack)).toHaveLength(3);
  await useVersion(stack, '1');
  await minutes(stack, 4);
  await useVersion(stack, version);
  await minutes(stack, 20);
  expect(drifts(stack)).toHaveLength(3);
});

test('Policies, alarms and tags that somebody removed are told together, each with its command', async () => {
  const stack = await atRest();
  await autoScaling(stack).send(
    new DeletePolicyCommand({ AutoScalingGroupName: 'api', PolicyName: 'forseti-cpu' }),
  );
  await stack.session
    .connect(CloudWatchClient)
    .send(new DeleteAlarmsCommand({ AlarmNames: ['forseti-production-api-errors'] }));
  await autoScaling(stack).send(
    new DeleteTagsCommand({
      Tags: [{ Key: 'forseti:application', ResourceId: 'api', ResourceType: 'auto-scaling-group' }],
    }),
  );
  await minutes(stack, 11);
  expect(drifts(stack)).toHaveLength(1);
  const message = drifts(stack)[0]?.message ?? '';
  for (const text of [
    /Scaling policy forseti-cpu is missing .*\n.*Who: DeletePolicy by/,
    /Alarm forseti-production-api-errors is missing .*\n.*Who: DeleteAlarms by/,
    /Group api has no tag forseti:application.*\n.*Who: DeleteTags by/,
    /aws autoscaling put-scaling-policy/,
    /aws cloudwatch put-metric-alarm/,
    /aws autoscaling create-or-update-tags/,
  ])
    expect(message).toMatch(text);
});

test('The commands that are printed put all of it back, which is told once', async () => {
  const stack = await atRest();
  const { version, id } = await templateOf(stack);
  await useVersion(stack, version === '1' ? '2' : '1');
  await autoScaling(stack).send(
    new DeletePolicyCommand({ AutoScalingGroupName: 'api', PolicyName: 'forseti-cpu' }),
  );
  await autoScaling(stack).send(
    new PutScalingPolicyCommand({
      AutoScalingGroupName: 'api',
      PolicyName: 'forseti-extra',
      PolicyType: 'SimpleScaling',
      AdjustmentType: 'ChangeInCapacity',
      ScalingAdjustment: 1,
    }),
  );
  await stack.session
    .connect(CloudWatchClient)
    .send(new DeleteAlarmsCommand({ AlarmNames: ['forseti-production-api-errors'] }));
  await stack.session
    .connect(EC2Client)
    .send(new DeleteEc2TagsCommand({ Resources: [id], Tags: [{ Key: 'forseti:application' }] }));
  await minutes(stack, 11);
  const before = await statusOf(stack.session, 'api');
  expect(before.drift?.settings).toHaveLength(5);
  expect(before.driftNotes?.every(({ who = '' }) => / by arn:aws:iam::/.test(who))).toBe(true);
  const doctor = await ask<{ problems: readonly { subject: string; mend: string }[] }>(
    stack.session,
    'Doctor',
    {},
  );
  const found = doctor.problems.filter(({ subject }) => subject === 'drift');
  expect(found.map(({ mend }) => mend).sort()).toEqual(before.driftNotes?.map(({ mend }) => mend).sort());
  for (const { mend } of before.driftNotes ?? []) await pasteIntoShell(stack, mend);
  expect((await statusOf(stack.session, 'api')).drift).toEqual({
    release: 'v2',
    instances: [],
    settings: [],
  });
  await minutes(stack, 6);
  expect(drifts(stack)).toHaveLength(2);
  expect(drifts(stack)[1]?.subject).toMatch(/the drift of api is mended/);
  const [history] = await historiesOf(stack.session, 'api', 0);
  expect(history?.drift?.map(({ mendedAt }) => mendedAt !== undefined)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
});

test('An instance of another version is told, and sizes are not', async () => {
  const stack = await atRest();
  const [odd = ''] = Object.keys(stack.group().instances);
  stack.group().minSize = 1;
  stack.group().maxSize = 40;
  await stack.session
    .connect(EC2Client)
    .send(new CreateTagsCommand({ Resources: [odd], Tags: [{ Key: 'forseti:version', Value: 'mine' }] }));
  await minutes(stack, 11);
  expect(drifts(stack)).toHaveLength(1);
  expect(drifts(stack)[0]?.message).toMatch(
    new RegExp(`1 instance runs mine instead of v2: ${odd} .*\\n.*Who: CreateTags by`),
  );
  expect(drifts(stack)[0]?.message).toContain(`forseti replace api ${odd} --reason drift`);
});

test('Settings that no deployment has brought to the fleet yet are no drift', async () => {
  const stack = await atRest();
  const { cpu } = settings.scaling.policies;
  await stack.store({
    ...settings,
    scaling: { ...settings.scaling, policies: { cpu: { ...cpu, target: 50 } } },
  });
  await minutes(stack, 30);
  expect(drifts(stack)).toEqual([]);
  await autoScaling(stack).send(
    new DeletePolicyCommand({ AutoScalingGroupName: 'api', PolicyName: 'forseti-cpu' }),
  );
  await minutes(stack, 11);
  expect(drifts(stack)).toHaveLength(1);
});

test('While a deployment changes the fleet nothing is told, and what it mends is told after it', async () => {
  const stack = await atRest();
  await useVersion(stack, '1');
  await minutes(stack, 11);
  expect(drifts(stack)).toHaveLength(1);
  expect((await stack.deploy({ application: 'api', version: 'v3' }, 'deployment-2')).outcome).toBe(
    'Deployed',
  );
  expect(drifts(stack)).toHaveLength(1);
  await minutes(stack, 11);
  expect(drifts(stack)[1]?.subject).toMatch(/mended/);
  expect(drifts(stack)).toHaveLength(2);
});

test('Where CloudTrail does not answer, the message says so, and is sent all the same', async () => {
  const stack = await atRest({
    faults: {
      outage: ({ service }) => (service === 'cloudtrail' ? { manner: 'refuse', until: Infinity } : undefined),
    },
  });
  await useVersion(stack, '1');
  await minutes(stack, 11);
  expect(drifts(stack)[0]?.message).toMatch(
    /Who: unknown: CloudTrail could not be asked .* aws cloudtrail lookup-events/,
  );
});

test('At rest a look takes few calls, and none of CloudTrail', async () => {
  const stack = await atRest();
  const before = stack.cloud.calls.list.length;
  await minutes(stack, 10);
  const calls = stack.cloud.calls.list
    .slice(before)
    .filter(({ caller }) => caller === 'forseti-production-WatchDrift');
  expect(calls.filter(({ service }) => service === 'cloudtrail')).toEqual([]);
  // Settings, locks, releases, groups, launch templates, policies, alarms and instances.
  expect(calls).toHaveLength(2 * 8);
  expect(calls.filter(({ mutating }) => mutating)).toEqual([]);
});

test('After a golden image with rollout none, instances from before it are no drift, and later ones are', async () => {
  const stack = await startTestStack({
    watchesDrift: true,
    settings: { strategy: 'golden-instance', rollout: { strategy: 'none' } },
  });
  last = stack;
  expect((await stack.deploy()).outcome).toBe('Deployed');
  await minutes(stack, 20);
  expect(drifts(stack)).toEqual([]);
});

test('Of two fleets, the one at rest is looked at while the other is deployed to', async () => {
  const stack = await startTestStack({
    watchesDrift: true,
    cloud: { groups: { web: { version: 'v1', instances: 2 } } },
    applications: { web: {} },
  });
  last = stack;
  const { id } = await templateOf(stack);
  await stack.start({ application: 'web', version: 'v2' });
  await autoScaling(stack).send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: 'api',
      LaunchTemplate: { LaunchTemplateId: id, Version: '$Latest' },
    }),
  );
  await minutes(stack, 12);
  expect(drifts(stack).map(({ subject }) => subject)).toEqual([expect.stringMatching(/api has drifted/)]);
});
