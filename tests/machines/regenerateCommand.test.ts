import { exitCodes } from '../../cli/terminal/exitCodes';
import { Table } from '../../lib/aws/table';
import type { Release } from '../../lib/engine/releases';
import { savedStack } from './support/commandLine';
import { startTestStack } from './support/testStack';

interface Listed {
  readonly applications: readonly {
    readonly releases: readonly {
      readonly version: string;
      readonly id: string;
      readonly imageState: string;
    }[];
  }[];
}

const setUpFresh = savedStack(() => startTestStack({ group: { instances: 2 } }));
const setUpDeployed = savedStack(async () => {
  const stack = await startTestStack({ group: { instances: 2 } });
  expect((await stack.deploy({ application: 'api', version: 'v2' })).outcome).toBe('Deployed');
  return stack;
});

test('Two runs make two releases of the same version, each with an image of its own, and the first image goes', async () => {
  const { stack, typed } = await setUpDeployed();
  for (const reason of ['updates', 'more updates']) {
    const { code, out } = await typed('regenerate', 'api', '--reason', reason, '--format', 'json');
    expect(code).toBe(exitCodes.done);
    expect(out).toContain('"Deployed"');
  }
  const images = Object.values(stack.region.service('ec2').state.images).filter(
    ({ tags }) => tags['forseti:version'] === 'v2',
  );
  // The newest image of the version stays, and what ran before it.
  expect(images).toHaveLength(2);
  const { releases } = (JSON.parse((await typed('list', 'api', '--format', 'json')).out) as Listed)
    .applications[0] ?? { releases: [] };
  expect(releases.map(({ version, imageState }) => `${version} ${imageState}`)).toEqual([
    'v2 available',
    'v2 available',
    'v2 gone',
    'v1 available',
  ]);
  expect(new Set(releases.map(({ id }) => id)).size).toBe(4);
});

test('While a deployment runs the command is refused with exit code 6', async () => {
  const { stack, typed } = await setUpDeployed();
  await stack.start({ application: 'api', version: 'v3' }, 'running');
  await stack.cloud.advance(30_000);
  expect((await typed('regenerate', 'api', '--format', 'json')).code).toBe(exitCodes.inProgress);
});

test('A fleet that no deployment has touched is refused with exit code 3', async () => {
  const { typed } = await setUpFresh();
  const { code, out } = await typed('regenerate', 'api');
  expect(code).toBe(exitCodes.rejected);
  expect(out).toMatch(/tagged forseti:version = v1 and forseti:deployment/);
});

test('For an application without a good release, the command says how to make the first', async () => {
  const { stack, typed } = await setUpFresh();
  const table = new Table<Release>(stack.dynamodb, 'forseti-production-releases');
  for (const { application, release } of await table.scan()) await table.delete({ application, release });
  expect(await typed('regenerate', 'api')).toMatchObject({
    code: exitCodes.rejected,
    note: expect.stringMatching(/no good release.*forseti init api INSTANCE/) as string,
  });
});

test('An unknown application is refused with the known ones', async () => {
  const { typed } = await setUpDeployed();
  expect(await typed('regenerate', 'shop')).toMatchObject({
    code: exitCodes.rejected,
    note: expect.stringMatching(/api/) as string,
  });
});
