import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { statusOf } from '../../cli/queries/status';
import { statusTree } from '../../cli/views/statusView';
import { styleOf } from '../../cli/terminal/style';
import { startTestStack, type TestStack } from './support/testStack';

const settings = {
  scaling: {
    policies: {
      cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 60 },
    },
    alarms: {
      errors: {
        metric: 'HTTPCode_Target_5XX_Count',
        namespace: 'AWS/ApplicationELB',
        statistic: 'Sum',
        periodSeconds: 60,
        evaluationPeriods: 1,
        threshold: 10,
        comparison: '>',
      },
    },
  },
  rollback: { alarms: ['errors'] },
  freeze: { timeZone: 'UTC', windows: [{ from: '2026-12-24', to: '2026-12-27', reason: 'Christmas' }] },
};

const alarm = 'forseti-production-api-errors';

/** The calls of a person's command. `forseti` itself asks STS for its identity once, before them. */
const callsOf = async (stack: TestStack, work: () => Promise<unknown>): Promise<string[]> => {
  const before = stack.cloud.calls.list.length;
  await work();
  const person = stack.cloud.person().name;
  return stack.cloud.calls.list
    .slice(before)
    .filter(({ caller }) => caller === person)
    .map(({ action }) => action);
};
const maxCalls = 14;

test('Of 350 instances status makes at most 14 calls, at rest and while a deployment runs', async () => {
  const stack = await startTestStack({ group: { instances: 350, max: 400 }, settings });
  const read = () => statusOf(stack.session, 'api');
  const atRest = await callsOf(stack, read);
  expect(atRest.length).toBeLessThanOrEqual(maxCalls);
  expect((await read()).instances.map(({ version, target }) => [version, target])).toEqual(
    Array.from({ length: 350 }, () => ['v1', 'healthy']),
  );
  await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(60_000);
  const running = await callsOf(stack, read);
  expect(running.length).toBeLessThanOrEqual(maxCalls);
  const { deployment, drift } = await read();
  expect(deployment?.step).toBe('Provision');
  // The difference now comes from the deployment.
  expect(drift).toBeUndefined();
});

test('Drift lists what a deployment would write and which instances differ; reading it twice changes nothing', async () => {
  const stack = await startTestStack({ settings });
  await stack.deploy();
  const rest = await statusOf(stack.session, 'api');
  expect(rest.drift).toEqual({ release: 'v2', instances: [], settings: [] });
  expect(rest.alarms).toEqual([{ name: alarm, state: 'INSUFFICIENT_DATA', gates: true }]);
  expect(rest.nextFreeze).toEqual({
    at: Date.UTC(2026, 11, 24),
    what: '2026-12-24 to 2026-12-27 (UTC), "Christmas"',
  });
  const [odd = ''] = Object.keys(stack.group().instances);
  const session = stack.session;
  await session
    .connect(EC2Client)
    .send(new CreateTagsCommand({ Resources: [odd], Tags: [{ Key: 'forseti:version', Value: 'mine' }] }));
  await session.connect(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [alarm] }));
  await stack.store({
    ...settings,
    scaling: {
      ...settings.scaling,
      policies: { cpu: { ...settings.scaling.policies.cpu, target: 50 } },
    },
  });
  const status = await statusOf(session, 'api');
  expect(status.drift).toEqual({
    release: 'v2',
    instances: [odd],
    settings: [
      'scaling policy forseti-cpu differs from the settings in TargetTrackingConfiguration',
      `alarm ${alarm} is missing`,
    ],
  });
  expect(status.alarms).toEqual([{ name: alarm, state: 'missing', gates: true }]);
  expect(await statusOf(session, 'api')).toEqual(status);
  const tree = statusTree(status, session.now(), styleOf(false)).join('\n');
  expect(tree).toContain(`├─ drift\n│  ├─ 1 not on v2: ${odd}\n│  ├─ scaling policy forseti-cpu`);
  expect(tree).toContain('├─ not frozen\n│  └─ next 2026-12-24 00:00Z: 2026-12-24 to 2026-12-27');
  expect(tree).toContain(`├─ alarms\n│  └─ ${alarm}  missing  gates releases`);
});

test('An application that does not exist, and a group that is gone, are refused', async () => {
  const stack = await startTestStack();
  await expect(statusOf(stack.session, 'apo')).rejects.toMatchObject({ name: 'RefusedEarly' });
  delete stack.region.service('autoscaling').state.groups.api;
  await expect(statusOf(stack.session, 'api')).rejects.toMatchObject({ name: 'UsageError' });
  await stack.session.close();
});
