import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { statusOf } from '../../cli/queries/status';
import { statusTree } from '../../cli/views/statusView';
import { styleOf } from '../../cli/terminal/style';
import { raise, type Stage } from './support/stage';

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

/** The calls that a person's command makes; `forseti` itself asks STS who it is, once, before them. */
const callsOf = async (stage: Stage, work: () => Promise<unknown>): Promise<string[]> => {
  const before = stage.cloud.calls.list.length;
  await work();
  const person = stage.cloud.person().name;
  return stage.cloud.calls.list
    .slice(before)
    .filter(({ caller }) => caller === person)
    .map(({ action }) => action);
};
const mostCalls = 12 - 1;

test('Of 350 instances status makes at most 12 calls, at rest and while a deployment runs.', async () => {
  const stage = await raise({ group: { instances: 350, max: 400 }, settings });
  const read = () => statusOf(stage.session, 'api');
  const atRest = await callsOf(stage, read);
  expect(atRest.length).toBeLessThanOrEqual(mostCalls);
  expect((await read()).instances.map(({ version, target }) => [version, target])).toEqual(
    Array.from({ length: 350 }, () => ['v1', 'healthy']),
  );
  await stage.start({ application: 'api', version: 'v2' });
  await stage.cloud.advance(60_000);
  const running = await callsOf(stage, read);
  expect(running.length).toBeLessThanOrEqual(mostCalls);
  const { deployment, drift } = await read();
  expect(deployment?.step).toBe('Provision');
  // What differs now is the deployment's work.
  expect(drift).toBeUndefined();
});

test('Drift is what a deployment would write, and who runs something else; reading it twice changes nothing.', async () => {
  const stage = await raise({ settings });
  await stage.deploy();
  const rest = await statusOf(stage.session, 'api');
  expect(rest.drift).toEqual({ release: 'v2', instances: [], settings: [] });
  expect(rest.alarms).toEqual([{ name: alarm, state: 'INSUFFICIENT_DATA', gates: true }]);
  expect(rest.nextFreeze).toEqual({
    at: Date.UTC(2026, 11, 24),
    what: '2026-12-24 to 2026-12-27 (UTC), "Christmas"',
  });
  const [odd = ''] = Object.keys(stage.group().instances);
  const session = stage.session;
  await session
    .connect(EC2Client)
    .send(new CreateTagsCommand({ Resources: [odd], Tags: [{ Key: 'forseti:version', Value: 'mine' }] }));
  await session.connect(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [alarm] }));
  await stage.store({
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

test('An application that there is not, and a group that is gone, are refused.', async () => {
  const stage = await raise();
  await expect(statusOf(stage.session, 'apo')).rejects.toMatchObject({ name: 'RefusedEarly' });
  delete stage.region.service('autoscaling').state.groups.api;
  await expect(statusOf(stage.session, 'api')).rejects.toMatchObject({ name: 'UsageError' });
});
