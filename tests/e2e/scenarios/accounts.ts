import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type Ended, run } from '../command';
import { makeFleet } from '../fleet';
import type { World } from '../world';
import type { Checks } from '../checks';
import { assertRuns } from './swap';
import type { Scenario } from './index';

/** An account that one may start from. */
interface Kind {
  /** Lambda's quota of concurrent executions: new accounts have 10. */
  readonly quota: 10 | 1000;
  readonly home: string;
  readonly standby?: string;
}

const homes = [
  { home: 'us-east-1', standby: 'us-west-2' },
  { home: 'eu-west-1', standby: 'eu-central-1' },
] as const;

const allKinds: readonly Kind[] = homes.flatMap(({ home, standby }) =>
  ([10, 1000] as const).flatMap((quota) => [
    { quota, home },
    { quota, home, standby },
  ]),
);

/** One of each: both quotas, both regions, with and without standby. */
const someKinds: readonly Kind[] = [
  { quota: 10, home: 'us-east-1' },
  { quota: 1000, home: 'eu-west-1', standby: 'eu-central-1' },
];

const nameOf = ({ quota, home, standby }: Kind): string =>
  `quota ${String(quota)}, ${home}${standby === undefined ? '' : ` with ${standby}`}`;

/** Each kind has a stage of its own, so that none meets what another left. */
const stageOf = ({ quota, standby }: Kind): string =>
  `${quota === 10 ? 'small' : 'large'}${standby === undefined ? '' : 'pair'}`;

/** The world, seen from the kind's home region and stage. */
const placedIn = (world: World, kind: Kind): World => ({
  ...world,
  connect: (Class, region = kind.home, given = {}) => world.connect(Class, region, given),
  forseti: (...parameters): Promise<Ended> =>
    run(process.execPath, [join(world.root, 'bin', 'forseti.mjs'), ...parameters, '--stage', stageOf(kind)], {
      cwd: world.scratch,
      environment: { ...world.environment, AWS_REGION: kind.home },
      timeoutMs: 300_000,
    }),
});

const well = async (world: World, ...parameters: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await world.forseti(...parameters);
  assert.equal(code, 0, `forseti ${parameters.join(' ')}\n${stdout}${stderr}`);
  return stdout + stderr;
};

const statusIn = async (world: World, kind: Kind, region: string): Promise<string> => {
  const client = world.connect(CloudFormationClient, region);
  try {
    const { Stacks: [stack] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: `forseti-${stageOf(kind)}` }),
    );
    return stack?.StackStatus ?? 'none';
  } catch (error) {
    assert.match(String(error), /does not exist/);
    return 'none';
  }
};

const regionsOf = ({ home, standby }: Kind): readonly string[] =>
  standby === undefined ? [home] : [home, standby];

/**
 * AWS leaves at least 100 unreserved, and lets an account of 10 reserve nothing. MiniStack neither refuses nor reserves
 * anything, so what counts is the stack's parameter.
 */
const assertReserved = async (world: World, kind: Kind): Promise<void> => {
  for (const region of regionsOf(kind)) {
    const { Stacks: [stack] = [] } = await world
      .connect(CloudFormationClient, region)
      .send(new DescribeStacksCommand({ StackName: `forseti-${stageOf(kind)}` }));
    const reserved = stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'AlarmConcurrency');
    assert.equal(reserved?.ParameterValue, kind.quota === 10 ? '0' : '5', `AlarmConcurrency in ${region}`);
  }
};

const settingsFor = (world: World, application: string): string => {
  const text = readFileSync(join(world.root, 'tests', 'e2e', 'forseti.yml'), 'utf8');
  // The second application is that of another scenario.
  const [first = ''] = text.split(/^ {2}api:/m);
  const file = join(world.scratch, `${application}.yml`);
  writeFileSync(file, first.replaceAll('shop', application));
  return file;
};

const runKind = async (given: World, kind: Kind, checks: Checks): Promise<void> => {
  const world = placedIn(given, kind);
  const application = `shop${stageOf(kind)}`;
  const install = ['install', '--yes', ...(kind.standby === undefined ? [] : ['--standby', kind.standby])];
  const check = <Answer>(holds: string, work: () => Promise<Answer>) =>
    checks.check(`${nameOf(kind)}: ${holds}`, work);
  for (const region of regionsOf(kind)) world.quota.set(region, kind.quota);
  await check('forseti install --dry-run tells what it would make, and makes nothing', async () => {
    await well(world, ...install, '--dry-run');
    assert.equal(await statusIn(world, kind, kind.home), 'none');
  });
  await check('forseti install makes the stack, and doctor finds it well', async () => {
    await well(world, ...install);
    for (const region of regionsOf(kind))
      assert.match(await statusIn(world, kind, region), /^(CREATE|UPDATE)_COMPLETE$/);
    await assertReserved(world, kind);
    await world.learnCallers(regionsOf(kind));
  });
  const fleet = await makeFleet(world, application, 2);
  await check('a first deployment brings a version to a fleet', async () => {
    await well(world, 'apply', settingsFor(world, application));
    await well(world, 'deploy', application, 'v2');
    await assertRuns(world, fleet, { version: 'v2', size: 2 });
  });
  await check('forseti install again changes nothing', () => well(world, ...install));
  await check('forseti upgrade freezes, deploys, and lifts its freeze', async () => {
    await well(world, 'upgrade', '--yes');
    await well(world, 'deploy', application, 'v3');
    await assertRuns(world, fleet, { version: 'v3', size: 2 });
  });
  await check('forseti uninstall takes the stack away, and the fleet serves on', async () => {
    await well(world, 'uninstall', '--yes');
    for (const region of regionsOf(kind)) assert.equal(await statusIn(world, kind, region), 'none');
    await assertRuns(world, fleet, { version: 'v3', size: 2 });
  });
  await checks.check(
    'forseti install takes over what was left, and goes back to a release of before',
    async () => {
      await well(world, ...install);
      await world.learnCallers(regionsOf(kind));
      assert.match(await well(world, 'list', application), /v2/);
      await well(world, 'rollback', application, '--reason', 'tried');
      await assertRuns(world, fleet, { version: 'v2', size: 2 });
    },
  );
  await check('forseti uninstall --delete-data leaves nothing of it', async () => {
    await well(world, 'uninstall', '--delete-data', '--yes');
    for (const region of regionsOf(kind)) assert.equal(await statusIn(world, kind, region), 'none');
  });
};

/** Kinds of the same home follow one another; the homes do not disturb each other. */
const runAll = async (world: World, kinds: readonly Kind[], checks: Checks): Promise<void> => {
  await Promise.all(
    homes.map(async ({ home }) => {
      for (const kind of kinds.filter((one) => one.home === home)) {
        await checks.around(nameOf(kind), () => runKind(world, kind, checks));
        for (const region of regionsOf(kind)) world.quota.delete(region);
      }
    }),
  );
};

export const accounts: Scenario = {
  name: 'accounts',
  title: 'The first day, in accounts of each kind',
  run: async (world, checks) => {
    // Compiles the stack, once for all.
    await world.forseti('install', '--dry-run');
    await runAll(world, world.full ? allKinds : someKinds, checks);
  },
};
