import { refusedByIam } from './support/calls';
import { fleetSnapshot, looseEnds, noLooseEnds, serving } from './support/snapshot';
import { startTestStack, type TestStackOptions } from './support/testStack';

const refresh = { rollout: { strategy: 'instance-refresh', bakeMinutes: 0 } };
const provisioning = { source: { s3: 's3://acme-provisioning/api.tar.gz' } };

/** Fleets and settings of every kind. Each is brought to v2 and is otherwise left as it was. */
const fleets: [string, TestStackOptions][] = [
  ['at its minimum', { group: { instances: 4, min: 4 } }],
  ['at its maximum', { group: { instances: 4, max: 4 } }],
  ['of fixed size', { group: { instances: 4, min: 4, max: 4 } }],
  ['of fixed size, rolled by refresh', { group: { instances: 4, min: 4, max: 4 }, settings: refresh }],
  [
    'with mixed instances',
    { group: { mixedInstances: { instanceTypes: ['m5.large', 'm5a.large'] } }, settings: refresh },
  ],
  [
    'with mixed instances, surge',
    {
      group: { mixedInstances: { instanceTypes: ['m5.large', 'm5a.large'] } },
      settings: { rollout: { strategy: 'surge', bakeMinutes: 0 } },
    },
  ],
  ['with a warm pool', { group: { warmPool: { min: 2 } }, settings: { strategy: 'golden-instance' } }],
  [
    'with a launch hook that is never answered',
    {
      group: { hooks: { ready: { on: 'launching', timeout: '2m', otherwise: 'CONTINUE' } } },
      settings: refresh,
    },
  ],
  [
    'with a termination hook',
    {
      group: { hooks: { drain: { on: 'terminating', timeout: '2m', otherwise: 'CONTINUE' } } },
      settings: refresh,
    },
  ],
  [
    'behind two target groups',
    {
      group: { targetGroups: ['web', 'admin'] },
      cloud: { targetGroups: { web: {}, admin: { deregistrationDelay: '90s' } } },
    },
  ],
  [
    'with protected instances',
    { group: { instances: [{ count: 2, protected: true }, { count: 2 }] }, settings: refresh },
  ],
  ['with an instance in standby', { group: { instances: [{ count: 3 }, { standby: true }] } }],
  [
    'with one that must not be imaged',
    { group: { instances: [{ count: 3, tags: { 'forseti:avoid-image': '' } }, { count: 1 }] } },
  ],
  [
    'provisioned by AWS-ApplyAnsiblePlaybooks',
    {
      settings: {
        provisioning: {
          source: { s3: 's3://acme-provisioning/api.zip' },
          document: 'AWS-ApplyAnsiblePlaybooks',
        },
      },
    },
  ],
  ['imaged without a reboot', { settings: { image: { reboot: false } } }],
  ['imaged without a seal', { settings: { image: { seal: false } } }],
  [
    'golden, from another instance type',
    { settings: { strategy: 'golden-instance', builder: { instanceType: 'm5.xlarge' } } },
  ],
  [
    'with checkpoints',
    {
      settings: {
        rollout: {
          strategy: 'instance-refresh',
          bakeMinutes: 0,
          checkpoints: { percentages: [50, 100], delaySeconds: 60 },
        },
      },
    },
  ],
  ['of 120 instances', { group: { instances: 120, max: 300 }, cloud: { quotas: { 'L-1216C47A': 2_000 } } }],
];

test.each(fleets)(
  'A fleet %s is deployed to',
  async (_, options) => {
    const stack = await startTestStack(options);
    const was = fleetSnapshot(stack);
    const wanted = stack.group().desired;
    const aside = (await looseEnds(stack)).aside;
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end?.message]).toEqual(['Deployed', undefined]);
    await stack.cloud.advance(10 * 60_000);
    expect(refusedByIam(stack)).toEqual([]);
    expect(await looseEnds(stack)).toEqual({ ...noLooseEnds, aside });
    const is = fleetSnapshot(stack);
    expect([is.min, is.max, is.suspended]).toEqual([was.min, was.max, was.suspended]);
    expect(stack.group().desired).toBe(wanted);
    expect([...new Set(serving(stack).map(({ software }) => software))]).toEqual(['v2']);
    expect(serving(stack)).toHaveLength(wanted);
  },
  20_000,
);

test('Any other document that the settings name is run with the parameters that they give it', async () => {
  const parameters = { commands: ['/opt/acme/deploy'] };
  const stack = await startTestStack({
    settings: { provisioning: { ...provisioning, document: 'AWS-RunShellScript', parameters } },
  });
  const ended = await stack.deploy();
  expect([ended.outcome, ended.end?.message]).toEqual(['Deployed', undefined]);
  expect(refusedByIam(stack)).toEqual([]);
  const sent = Object.values(stack.region.service('ssm').state.commands);
  const runs = sent.filter(({ documentName }) => documentName === 'AWS-RunShellScript');
  expect(runs.map((command) => command.parameters)).toEqual([parameters, parameters]);
});

test('Scaling policies and alarms of the settings are made, kept and removed, and others stay as they are', async () => {
  const scaling = {
    policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
    alarms: { errors: { metric: 'HTTPCode_Target_5XX_Count', threshold: 10, statistic: 'Sum' } },
  };
  const stack = await startTestStack({ settings: { scaling }, cloud: { alarms: { 'by-hand': {} } } });
  await stack.deploy(undefined, 'first');
  const first = fleetSnapshot(stack);
  expect(first.policies.join()).toMatch(/forseti-cpu/);
  expect(first.alarms).toEqual(expect.arrayContaining(['by-hand', 'forseti-production-api-errors']));
  const { storeSettings } = await import('../../lib/application/store');
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  await storeSettings(stack.session.connect(SSMClient), stack.session.names.settingsPrefix, {
    applications: { api: { group: 'api', provisioning } },
  });
  await stack.deploy({ application: 'api', version: 'v3' }, 'second');
  const second = fleetSnapshot(stack);
  expect(second.policies).toEqual([]);
  expect(second.alarms).toEqual(['by-hand']);
});
