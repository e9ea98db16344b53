import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { fleetSnapshot, looseEnds, noLooseEnds, recordOf, serving } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

const secondMs = 1000;
const minuteMs = 60 * secondMs;

// Several deployments a test, on a machine that may be busy.
jest.setTimeout(60_000);

/** The template is compiled anew after a change of its sources. */
beforeAll(async () => {
  await startTestStack();
}, 120_000);

const options = (rollout: 'none' | 'instance-refresh'): TestStackOptions => ({
  settings: { rollout: { strategy: rollout, bakeMinutes: 5 } },
  group: { suspended: ['AZRebalance'] },
});

const wantInstances = (stack: TestStack, count: number): Promise<unknown> =>
  stack.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity: count }));

/** Starts a deployment and lets time pass until its fleet is being provisioned. */
const untilProvisioning = async (stack: TestStack): Promise<string> => {
  const arn = await stack.start({ application: 'api', version: 'v2' });
  const { commands } = stack.region.service('ssm').state;
  expect(await stack.cloud.runUntil(() => Object.keys(commands).length > 0, 10 * minuteMs)).toBe(true);
  return arn;
};

/** Instances to which a command of the deployment went. */
const reached = (stack: TestStack): string[] =>
  Object.values(stack.region.service('ssm').state.commands).flatMap(({ invocations }) =>
    invocations.map(({ instanceId }) => instanceId),
  );

const launchIsSuspended = (stack: TestStack): boolean => 'Launch' in stack.group().suspended;
const versionsServing = (stack: TestStack) => [
  ...new Set(serving(stack).map(({ tag, software }) => `${tag ?? '-'}/${software ?? '-'}`)),
];

describe.each(['none', 'instance-refresh'] as const)(
  'A spike during Provision, with rollout %s',
  (rollout) => {
    test('After two minutes the fleet launches again, and in the end all of it runs the version', async () => {
      const stack = await startTestStack(options(rollout));
      const arn = await untilProvisioning(stack);
      const had = new Set(Object.keys(stack.group().instances));
      await wantInstances(stack, 7);
      const askedAt = stack.cloud.now();
      expect(launchIsSuspended(stack)).toBe(true);

      expect(await stack.cloud.runUntil(() => !launchIsSuspended(stack), 10 * minuteMs)).toBe(true);
      const waitedMs = stack.cloud.now() - askedAt;
      expect(waitedMs).toBeGreaterThanOrEqual(2 * minuteMs);
      expect(waitedMs).toBeLessThan(4.5 * minuteMs);

      const newcomers = () => serving(stack).filter(({ id }) => !had.has(id));
      expect(await stack.cloud.runUntil(() => newcomers().length === 3, 10 * minuteMs)).toBe(true);
      expect(newcomers().map(({ software }) => software)).toEqual(['v1', 'v1', 'v1']);

      const ended = await stack.ended(arn);
      expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
      expect(serving(stack)).toHaveLength(7);
      expect(versionsServing(stack)).toEqual(['v2/v2']);
      expect(fleetSnapshot(stack).suspended).toEqual(['AZRebalance']);
      expect(stack.group().desired).toBe(7);
      expect((await recordOf(stack))?.warnings?.join()).toMatch(
        /A spike came: 7 instances were wanted and 4 in service/,
      );
      await stack.cloud.advance(2 * minuteMs);
      expect(await looseEnds(stack)).toEqual(noLooseEnds);
    });

    test('A spike that passes within two minutes leaves launching suspended', async () => {
      const stack = await startTestStack(options(rollout));
      const arn = await untilProvisioning(stack);
      await wantInstances(stack, 7);
      await stack.cloud.advance(90 * secondMs);
      await wantInstances(stack, 4);
      await stack.cloud.advance(3 * minuteMs);
      expect(launchIsSuspended(stack)).toBe(true);
      expect((await stack.ended(arn)).outcome).toBe('Deployed');
      expect(serving(stack)).toHaveLength(4);
      expect(versionsServing(stack)).toEqual(['v2/v2']);
      expect(fleetSnapshot(stack).suspended).toEqual(['AZRebalance']);
    });

    test('An instance that dies while it is provisioned is no failure', async () => {
      const stack = await startTestStack(options(rollout));
      const arn = await untilProvisioning(stack);
      const victim = serving(stack).find(({ id }) => !reached(stack).includes(id));
      stack.region.service('ec2').die(victim?.id ?? '');
      const ended = await stack.ended(arn);
      expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
      await stack.cloud.advance(10 * minuteMs);
      expect(serving(stack).map(({ id }) => id)).not.toContain(victim?.id);
      expect(serving(stack)).toHaveLength(4);
      expect(versionsServing(stack)).toEqual(['v2/v2']);
      expect(fleetSnapshot(stack).suspended).toEqual(['AZRebalance']);
      expect(await looseEnds(stack)).toEqual(noLooseEnds);
    });

    test('If the first instance dies while it is provisioned, the others go on', async () => {
      const stack = await startTestStack(options(rollout));
      const arn = await untilProvisioning(stack);
      const [first = ''] = reached(stack);
      await stack.cloud.advance(30 * secondMs);
      stack.region.service('ec2').die(first);
      const ended = await stack.ended(arn);
      expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
      await stack.cloud.advance(10 * minuteMs);
      expect(serving(stack)).toHaveLength(4);
      expect(versionsServing(stack)).toEqual(['v2/v2']);
      expect(await looseEnds(stack)).toEqual(noLooseEnds);
    });

    test('With one failure that maxErrors allows, in the end every instance runs the version', async () => {
      const stack = await startTestStack({
        ...options(rollout),
        settings: {
          rollout: { strategy: rollout, bakeMinutes: 5 },
          provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' }, maxErrors: '25%' },
        },
        cloud: {
          provisioningFailures: [
            {
              instance: { group: 'api', index: 3 },
              version: 'v2',
              errorOutput: 'fatal: no space left on device',
            },
          ],
        },
      });
      const ended = await stack.deploy();
      expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
      expect((await recordOf(stack))?.warnings?.join()).toMatch(
        /Provisioning failed on i-[0-9a-f]+ \(the playbook failed\)/,
      );
      await stack.cloud.advance(10 * minuteMs);
      expect(serving(stack)).toHaveLength(4);
      expect(versionsServing(stack)).toEqual(['v2/v2']);
      expect(fleetSnapshot(stack).suspended).toEqual(['AZRebalance']);
      expect(await looseEnds(stack)).toEqual(noLooseEnds);
    });
  },
);

describe('Provisioning that fails on too many instances', () => {
  const failing = (group: object, provisioning: object = {}): Promise<TestStack> =>
    startTestStack({
      group: { suspended: ['AZRebalance'], ...group },
      settings: {
        rollout: { strategy: 'none' },
        provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' }, ...provisioning },
      },
      cloud: {
        provisioningFailures: [
          {
            version: 'v2',
            output: ['TASK [unpack]', 'ok: [localhost]', 'TASK [migrate]'].join('\n'),
            errorOutput: 'fatal: [localhost]: FAILED! => relation "tickets" does not exist',
          },
        ],
      },
    });

  test('The failed instances are reported with the end of their output, and the touched ones are replaced', async () => {
    const stack = await failing({ instances: 8 });
    const was = fleetSnapshot(stack);
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end?.error, ended.end?.left]).toEqual(['RolledBack', 'ProvisionFailed', []]);
    const touched = reached(stack);
    expect(touched.length).toBeGreaterThan(0);
    const told = ended.end?.problems.join('\n') ?? '';
    for (const id of touched) expect(told).toContain(`${id}: the playbook failed`);
    expect(told).toContain('TASK [migrate]');
    expect(told).toContain('relation "tickets" does not exist');
    await stack.cloud.advance(10 * minuteMs);
    expect({ ...fleetSnapshot(stack), templates: [] }).toEqual({ ...was, templates: [] });
    const serves = serving(stack);
    expect(serves).toHaveLength(8);
    expect(new Set(serves.map(({ software }) => software))).toEqual(new Set(['v1']));
    expect(serves.filter(({ id }) => touched.includes(id))).toEqual([]);
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
  });

  test('If it fails after the first has succeeded, the rest is stopped, and all come to the version before', async () => {
    const stack = await startTestStack({
      group: { instances: 8, suspended: ['AZRebalance'] },
      settings: {
        rollout: { strategy: 'none' },
        provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' }, maxErrors: '1' },
      },
      cloud: {
        provisioningFailures: [1, 2, 3, 4, 5].map((index) => ({
          instance: { group: 'api', index },
          version: 'v2',
          errorOutput: `fatal: no space left on device of number ${String(index)}`,
        })),
      },
    });
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end?.error, ended.end?.left]).toEqual(['RolledBack', 'ProvisionFailed', []]);
    const told = ended.end?.problems.join('\n') ?? '';
    expect(told.match(/i-[0-9a-f]+: the playbook failed/g)?.length).toBeGreaterThanOrEqual(1);
    expect(told).toContain('fatal: no space left on device of number');
    await stack.cloud.advance(10 * minuteMs);
    expect(serving(stack)).toHaveLength(8);
    expect(new Set(serving(stack).map(({ software }) => software))).toEqual(new Set(['v1']));
    expect(fleetSnapshot(stack).suspended).toEqual(['AZRebalance']);
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
  });
});
