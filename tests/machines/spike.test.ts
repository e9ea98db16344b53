import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { fleetPicture, looseEnds, noLooseEnds, recordOf, serving } from './support/picture';
import { raise, type Stage, type StageOptions } from './support/stage';

const secondMs = 1000;
const minuteMs = 60 * secondMs;

// Several deployments a test, on a machine that others may use, too.
jest.setTimeout(60_000);

/** The template is compiled anew after a change of its sources. */
beforeAll(async () => {
  await raise();
}, 120_000);

const options = (rollout: 'none' | 'instance-refresh'): StageOptions => ({
  settings: { rollout: { strategy: rollout, bakeMinutes: 5 } },
  group: { suspended: ['AZRebalance'] },
});

const wantInstances = (stage: Stage, count: number): Promise<unknown> =>
  stage.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity: count }));

/** Starts a deployment and lets time pass until its fleet is being provisioned. */
const untilProvisioning = async (stage: Stage): Promise<string> => {
  const arn = await stage.start({ application: 'api', version: 'v2' });
  const { commands } = stage.region.service('ssm').state;
  expect(await stage.cloud.runUntil(() => Object.keys(commands).length > 0, 10 * minuteMs)).toBe(true);
  return arn;
};

/** Instances that a command of the deployment went to. */
const reached = (stage: Stage): string[] =>
  Object.values(stage.region.service('ssm').state.commands).flatMap(({ invocations }) =>
    invocations.map(({ instanceId }) => instanceId),
  );

const launchIsSuspended = (stage: Stage): boolean => 'Launch' in stage.group().suspended;
const versionsServing = (stage: Stage) => [
  ...new Set(serving(stage).map(({ tag, software }) => `${tag ?? '-'}/${software ?? '-'}`)),
];

describe.each(['none', 'instance-refresh'] as const)('a spike during Provision, rollout %s', (rollout) => {
  test('after two minutes the fleet launches again, and in the end all of it runs the version', async () => {
    const stage = await raise(options(rollout));
    const arn = await untilProvisioning(stage);
    const had = new Set(Object.keys(stage.group().instances));
    await wantInstances(stage, 7);
    const askedAt = stage.cloud.now();
    expect(launchIsSuspended(stage)).toBe(true);

    expect(await stage.cloud.runUntil(() => !launchIsSuspended(stage), 10 * minuteMs)).toBe(true);
    const waitedMs = stage.cloud.now() - askedAt;
    expect(waitedMs).toBeGreaterThanOrEqual(2 * minuteMs);
    expect(waitedMs).toBeLessThan(4.5 * minuteMs);

    const newcomers = () => serving(stage).filter(({ id }) => !had.has(id));
    expect(await stage.cloud.runUntil(() => newcomers().length === 3, 10 * minuteMs)).toBe(true);
    expect(newcomers().map(({ software }) => software)).toEqual(['v1', 'v1', 'v1']);

    const ended = await stage.ended(arn);
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(serving(stage)).toHaveLength(7);
    expect(versionsServing(stage)).toEqual(['v2/v2']);
    expect(fleetPicture(stage).suspended).toEqual(['AZRebalance']);
    expect(stage.group().desired).toBe(7);
    expect((await recordOf(stage))?.warnings?.join()).toMatch(
      /A spike came: 7 instances were wanted and 4 in service/,
    );
    await stage.cloud.advance(2 * minuteMs);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
  });

  test('one that passes within two minutes leaves launching suspended', async () => {
    const stage = await raise(options(rollout));
    const arn = await untilProvisioning(stage);
    await wantInstances(stage, 7);
    await stage.cloud.advance(90 * secondMs);
    await wantInstances(stage, 4);
    await stage.cloud.advance(3 * minuteMs);
    expect(launchIsSuspended(stage)).toBe(true);
    expect((await stage.ended(arn)).outcome).toBe('Deployed');
    expect(serving(stage)).toHaveLength(4);
    expect(versionsServing(stage)).toEqual(['v2/v2']);
    expect(fleetPicture(stage).suspended).toEqual(['AZRebalance']);
  });

  test('an instance that dies while it is provisioned is no failure', async () => {
    const stage = await raise(options(rollout));
    const arn = await untilProvisioning(stage);
    const victim = serving(stage).find(({ id }) => !reached(stage).includes(id));
    stage.region.service('ec2').die(victim?.id ?? '');
    const ended = await stage.ended(arn);
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    await stage.cloud.advance(10 * minuteMs);
    expect(serving(stage).map(({ id }) => id)).not.toContain(victim?.id);
    expect(serving(stage)).toHaveLength(4);
    expect(versionsServing(stage)).toEqual(['v2/v2']);
    expect(fleetPicture(stage).suspended).toEqual(['AZRebalance']);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
  });

  test('the first instance dies while it is provisioned: the others go on', async () => {
    const stage = await raise(options(rollout));
    const arn = await untilProvisioning(stage);
    const [first = ''] = reached(stage);
    await stage.cloud.advance(30 * secondMs);
    stage.region.service('ec2').die(first);
    const ended = await stage.ended(arn);
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    await stage.cloud.advance(10 * minuteMs);
    expect(serving(stage)).toHaveLength(4);
    expect(versionsServing(stage)).toEqual(['v2/v2']);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
  });

  test('one failure that maxErrors allows: in the end every instance runs the version', async () => {
    const stage = await raise({
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
    const ended = await stage.deploy();
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect((await recordOf(stage))?.warnings?.join()).toMatch(
      /Provisioning failed on i-[0-9a-f]+ \(the playbook failed\)/,
    );
    await stage.cloud.advance(10 * minuteMs);
    expect(serving(stage)).toHaveLength(4);
    expect(versionsServing(stage)).toEqual(['v2/v2']);
    expect(fleetPicture(stage).suspended).toEqual(['AZRebalance']);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
  });
});

describe('provisioning that fails on too many instances', () => {
  const failing = (group: object, provisioning: object = {}): Promise<Stage> =>
    raise({
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

  test('is told with their names and the end of their output, and the touched ones are replaced', async () => {
    const stage = await failing({ instances: 8 });
    const was = fleetPicture(stage);
    const ended = await stage.deploy();
    expect([ended.outcome, ended.end?.error, ended.end?.left]).toEqual(['RolledBack', 'ProvisionFailed', []]);
    const touched = reached(stage);
    expect(touched.length).toBeGreaterThan(0);
    const told = ended.end?.problems.join('\n') ?? '';
    for (const id of touched) expect(told).toContain(`${id}: the playbook failed`);
    expect(told).toContain('TASK [migrate]');
    expect(told).toContain('relation "tickets" does not exist');
    await stage.cloud.advance(10 * minuteMs);
    expect({ ...fleetPicture(stage), templates: [] }).toEqual({ ...was, templates: [] });
    const serves = serving(stage);
    expect(serves).toHaveLength(8);
    expect(new Set(serves.map(({ software }) => software))).toEqual(new Set(['v1']));
    expect(serves.filter(({ id }) => touched.includes(id))).toEqual([]);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
  });

  test('after the first has succeeded, too: the rest is stopped, and all are on the version before', async () => {
    const stage = await raise({
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
    const ended = await stage.deploy();
    expect([ended.outcome, ended.end?.error, ended.end?.left]).toEqual(['RolledBack', 'ProvisionFailed', []]);
    const told = ended.end?.problems.join('\n') ?? '';
    expect(told.match(/i-[0-9a-f]+: the playbook failed/g)?.length).toBeGreaterThanOrEqual(1);
    expect(told).toContain('fatal: no space left on device of number');
    await stage.cloud.advance(10 * minuteMs);
    expect(serving(stage)).toHaveLength(8);
    expect(new Set(serving(stage).map(({ software }) => software))).toEqual(new Set(['v1']));
    expect(fleetPicture(stage).suspended).toEqual(['AZRebalance']);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
  });
});
