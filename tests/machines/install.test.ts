/** The first day on an account: the stack is installed, upgraded and removed by its commands, on the embedded cloud. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Cloud, loadCode } from '@forseti/embedded-cloud';
import { sessionOnCloud } from '../../cli/session/cloudSession';
import { compileStack } from '../../cli/local/stack';
import { packageFolder, typedIn } from './support/installing';
import { startTestStack } from './support/testStack';

jest.setTimeout(300_000);
let root: string;
beforeAll(async () => {
  root = await packageFolder();
  // Of the version that its functions are.
  copyFileSync('package.json', join(root, 'package.json'));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const stackName = 'forseti-production';

/** An account in which nothing is installed. */
const account = async (regions: readonly string[], quota = 1_000) => {
  const cloud = Cloud.make({ regions, seed: 1, quotas: { 'L-B99A9384': quota } });
  const compiled = await compileStack(process.cwd());
  for (const region of regions) loadCode(cloud, compiled, region);
  return use(cloud);
};

const use = (cloud: Cloud) => {
  const session = sessionOnCloud(cloud);
  const typed = typedIn(root, session);
  const stackIn = (region: string) => cloud.region(region).service('cloudformation').engine.find(stackName);
  return { cloud, typed, stackIn, service: cloud.region(cloud.home).service('cloudformation') };
};

const tablesIn = (cloud: Cloud, region: string) =>
  Object.keys(cloud.region(region).service('dynamodb').state.tables).sort();
const data = ['deployments', 'locks', 'regions', 'releases', 'requests', 'switches', 'waits'].map(
  (name) => `${stackName}-${name}`,
);

test.each([
  ['us-east-1', undefined, 10, '0'],
  ['us-east-1', 'us-west-2', 1_000, '5'],
  ['eu-west-1', undefined, 1_000, '5'],
  ['eu-west-1', 'eu-central-1', 10, '0'],
])(
  'In %s with the standby %s and a quota of %i the stack is installed with %s reserved, and doctor finds it well',
  async (home, standby, quota, reserved) => {
    const { cloud, typed, stackIn } = await account([home, ...(standby ? [standby] : [])], quota);
    const words = ['install', '--yes', ...(standby ? ['--standby', standby] : [])];
    const dry = await typed('install', '--dry-run', ...words.slice(2));
    expect([dry.code, stackIn(home)]).toEqual([0, undefined]);
    expect(dry.out).toContain(`${stackName} in ${home} is made.`);
    const installed = await typed(...words);
    expect([installed.code, installed.note]).toEqual([0, installed.note]);
    expect(installed.out).toContain('All is well');
    for (const region of [home, ...(standby ? [standby] : [])])
      expect(stackIn(region)).toMatchObject({
        status: 'UPDATE_COMPLETE',
        parameters: { HomeRegion: home, StandbyRegion: standby ?? '', AlarmConcurrency: reserved },
      });
    expect(tablesIn(cloud, home)).toEqual(data);
    const doctor = await typed('doctor');
    expect(doctor.code).toBe(0);
    expect(doctor.out.includes('Nothing is reserved for alarms')).toBe(reserved === '0');
    // Once more changes nothing.
    const again = await typed(...words);
    expect(again.code).toBe(0);
  },
);

test('A first deployment that fails at any tenth resource is followed by one that succeeds', async () => {
  const { cloud } = await account(['eu-west-1']);
  const fresh = cloud.snapshot();
  const compiled = await compileStack(process.cwd());
  const made = Object.keys(compiled.template.Resources).length;
  for (let number = 10; number < made; number += 10) {
    const restored = Cloud.restore(fresh);
    loadCode(restored, compiled, 'eu-west-1');
    const { typed, service, stackIn } = use(restored);
    service.fail({ act: 'create', number, reason: 'Rate exceeded' });
    const failed = await typed('install', '--yes');
    expect([number, failed.code]).toEqual([number, 1]);
    expect(failed.note).toMatch(/Rate exceeded[\s\S]*Run it again: it goes on from here/);
    const { code } = await typed('install', '--yes');
    expect([number, code, stackIn('eu-west-1')?.status]).toEqual([number, 0, 'UPDATE_COMPLETE']);
  }
});

test('What an uninstalled stack leaves is named, and taken over by the next installation', async () => {
  const { cloud, typed, stackIn } = await account(['eu-west-1']);
  expect((await typed('install', '--yes')).code).toBe(0);
  const table = cloud.region('eu-west-1').service('dynamodb').state.tables[`${stackName}-releases`];
  const removed = await typed('uninstall', '--yes');
  expect(removed.code).toBe(0);
  for (const name of data) expect(removed.out).toContain(name);
  expect([stackIn('eu-west-1'), tablesIn(cloud, 'eu-west-1')]).toEqual([undefined, data]);
  const again = await typed('install', '--yes');
  expect(again.code).toBe(0);
  expect(stackIn('eu-west-1')?.resources.ReleasesTable?.status).toBe('IMPORT_COMPLETE');
  expect(cloud.region('eu-west-1').service('dynamodb').state.tables[`${stackName}-releases`]?.id).toBe(
    table?.id,
  );
});

test('A standby can be added to a stack of one region, and left again', async () => {
  const { typed, stackIn, cloud } = await account(['eu-west-1', 'eu-central-1']);
  expect((await typed('install', '--yes')).code).toBe(0);
  expect((await typed('install', '--yes', '--standby', 'eu-central-1')).code).toBe(0);
  expect(stackIn('eu-central-1')?.parameters.StandbyRegion).toBe('eu-central-1');
  expect(tablesIn(cloud, 'eu-central-1')).toEqual(data);
  expect((await typed('doctor')).code).toBe(0);
});

test('The template that is shipped is the one that is installed', async () => {
  const { typed, stackIn } = await account(['eu-west-1']);
  await typed('install', '--yes');
  const shipped = JSON.parse(readFileSync(`${root}/dist/stack/template.json`, 'utf8')) as {
    Resources: object;
  };
  expect(Object.keys(stackIn('eu-west-1')?.template?.Resources ?? {}).length).toBe(
    Object.keys(shipped.Resources).length,
  );
});

test('A deployment that runs goes on to its end when the stack is deployed under it, and an upgrade waits for it', async () => {
  const stack = await startTestStack({ settings: { strategy: 'golden-instance' } });
  const typed = typedIn(root, stack.session);
  const first = await stack.start({ application: 'api', version: 'v2' }, 'to-v2');
  await stack.cloud.advance(3 * 60_000);
  const installed = await typed('install', '--yes');
  expect([installed.code, installed.code === 0 ? '' : installed.note + installed.out]).toEqual([0, '']);
  expect(stack.cloud.region('eu-west-1').service('cloudformation').engine.find(stackName)?.status).toBe(
    'UPDATE_COMPLETE',
  );
  expect((await stack.ended(first)).outcome).toBe('Deployed');
  const second = await stack.start({ application: 'api', version: 'v3' }, 'to-v3');
  await stack.cloud.advance(3 * 60_000);
  const upgraded = await typed('upgrade', '--yes');
  expect([upgraded.code, upgraded.note]).toEqual([0, expect.stringContaining('Waiting: Deployment')]);
  expect((await stack.ended(second)).outcome).toBe('Deployed');
});
