import { strict as assert } from 'node:assert';
import { until } from '../checks';
import { endOf, executionsOf, historyOf, pathOf } from '../executions';
import { type Fleet, groupOf, healthOf, makeFleet, membersOf } from '../fleet';
import { pushTag } from '../requests';
import type { World } from '../world';
import type { Scenario } from './index';

/**
 * Every member runs the image and the version, and is healthy behind the load balancer. Nothing of the rollout is
 * left.
 */
export const assertRuns = async (
  world: World,
  fleet: Fleet,
  expected: { readonly version: string; readonly size: number; readonly templateVersion?: string },
): Promise<readonly string[]> => {
  const [group, members, health] = await Promise.all([
    groupOf(world, fleet.group),
    membersOf(world, fleet.group),
    healthOf(world, fleet),
  ]);
  assert.equal(members.length, expected.size, 'instances in the group');
  const ids = members.map(({ InstanceId }) => InstanceId ?? '').sort();
  const tagOf = (name: string) =>
    members.map(({ Tags }) => Tags?.find(({ Key }) => Key === name)?.Value ?? 'none');
  assert.deepEqual([...new Set(tagOf('forseti:version'))], [expected.version], 'versions by tag');
  const images = [...new Set(members.map(({ ImageId }) => ImageId ?? ''))];
  assert.equal(images.length, 1, 'images that run');
  assert.deepEqual(health.map(({ id }) => id).sort(), ids, 'targets');
  assert.deepEqual([...new Set(health.map(({ state }) => state))], ['healthy'], 'health of targets');
  assert.equal(group.DesiredCapacity, expected.size, 'desired capacity');
  assert.equal(group.MaxSize, expected.size + 2, 'maximum size, as before the surge');
  assert.deepEqual(group.SuspendedProcesses ?? [], [], 'suspended processes');
  assert.equal(
    group.Instances?.some(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn),
    false,
    'protection from scale-in',
  );
  return images;
};

export const golden = [
  'Accept Lock Preflight ImageFrom LaunchBuilder Provision Provisioned BakeImage Baked TerminateBuilder',
  'SwapLaunchTemplate SetScaling Suspended Rollout NeedsApproval Observe Complete Unlock Outcome Deployed',
].join(' ');

const firstByTag = async (world: World, fleet: Fleet): Promise<void> => {
  const tag = { repository: 'acme/shop', tag: 'v2', commit: 'b'.repeat(40) };
  // Sent twice, as EventBridge may deliver it.
  await pushTag(world, tag);
  await pushTag(world, tag);
  const [execution] = await until(
    'An execution of the deploy machine',
    () => executionsOf(world),
    (found) => found.length > 0,
    30_000,
  );
  const ended = await endOf(world, execution?.executionArn ?? '');
  assert.equal(ended.status, 'SUCCEEDED', `${ended.error ?? ''} ${ended.cause ?? ''}`);
  const path = pathOf(await historyOf(world, ended.executionArn ?? '')).join(' ');
  assert.equal(path, golden);
  const images = await assertRuns(world, fleet, { version: 'v2', size: 3 });
  assert.ok(!images.includes(fleet.imageId), 'the fleet runs the old image still');
};

export const swap: Scenario = {
  name: 'swap',
  title: 'A tag on the bus, a fleet on moto',
  run: async (world, checks) => {
    await checks.check('forseti apply sends the settings', async () => {
      const { code, stderr, stdout } = await world.forseti('apply', 'tests/e2e/forseti.yml');
      assert.equal(code, 0, stdout + stderr);
    });
    const fleet = await makeFleet(world, 'shop', 3);
    await checks.check('a tag event deploys by golden-instance, and surge swaps the whole fleet', () =>
      firstByTag(world, fleet),
    );
    await checks.check('the same tag, sent twice, made one deployment', async () => {
      assert.equal((await executionsOf(world)).length, 1);
    });
    await checks.check('forseti deploy brings the next version, and exits with 0', async () => {
      const { code, stdout, stderr } = await world.forseti('deploy', 'shop', 'v3');
      assert.equal(code, 0, stdout + stderr);
      await assertRuns(world, fleet, { version: 'v3', size: 3 });
    });
    await checks.check('forseti rollback brings the one before back, and exits with 0', async () => {
      const { code, stdout, stderr } = await world.forseti('rollback', 'shop', '--reason', 'tried');
      assert.equal(code, 0, stdout + stderr);
      await assertRuns(world, fleet, { version: 'v2', size: 3 });
    });
    await checks.check('forseti status tells of it', async () => {
      const { code, stdout, stderr } = await world.forseti('status', 'shop', '--format', 'json');
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /"v2"/);
    });
    await checks.check('a version nobody can deploy is refused with exit code 2', async () => {
      const { code } = await world.forseti('deploy', 'shop', 'v9;reboot');
      assert.equal(code, 2);
    });
  },
};
