import { historiesOf } from '../../cli/queries/history';
import { historyPlain, historyTree } from '../../cli/views/historyView';
import { listReleases } from '../../cli/queries/releases';
import { releasesPlain, releasesTree } from '../../cli/views/releasesView';
import { styleOf } from '../../cli/terminal/style';
import { startTestStack, type TestStack } from './support/testStack';

const plain = styleOf(false);

/** v1 was there. v2 came by a tag with its time. v3 failed for users and was rolled back. */
const lived = async (): Promise<TestStack> => {
  const stack = await startTestStack();
  const pushedAt = stack.cloud.now() - 60_000;
  await stack.deploy({ application: 'api', version: 'v2', pushedAt, requestedBy: 'ada' }, 'api-v2-1');
  await stack.deploy(
    { application: 'api', version: 'v3', strategy: 'golden-instance', requestedBy: 'ben' },
    'api-v3-1',
  );
  await stack.rollBack({ application: 'api', reason: 'orders are lost', requestedBy: 'ada' }, 'api-back-1');
  return stack;
};

/** The instances that run an image, also one that is launched to balance the zones. */
const runningFrom = (image: string | undefined): number =>
  Object.values(stack.region.service('ec2').state.instances).filter(
    ({ imageId, state }) => imageId === image && ['pending', 'running'].includes(state),
  ).length;

let stack: TestStack;
beforeAll(async () => {
  stack = await lived();
});

/** Reads twice and expects the same answer, since reading changes nothing. */
const twice = async <Answer>(read: () => Promise<Answer>): Promise<Answer> => {
  const first = await read();
  expect(await read()).toEqual(first);
  return first;
};

test('The list shows each release with its image, template version, mark, size and users', async () => {
  const [api, ...others] = await twice(() => listReleases(stack.session, 'api'));
  expect(others).toEqual([]);
  const running = runningFrom(api?.releases[1]?.image);
  expect(running).toBeGreaterThanOrEqual(4);
  expect(
    api?.releases.map(({ version, state, imageState, sizeGib, usedBy }) => ({
      version,
      state,
      imageState,
      sizeGib,
      usedBy,
    })),
  ).toEqual([
    { version: 'v3', state: 'bad', imageState: 'available', sizeGib: 8, usedBy: [] },
    {
      version: 'v2',
      state: 'good',
      imageState: 'available',
      sizeGib: 8,
      usedBy: ['group api', `${String(running)} instances`],
    },
    { version: 'v1', state: 'good', imageState: 'available', sizeGib: 8, usedBy: ['default version'] },
  ]);
});

test('The list says which images are gone', async () => {
  const other = await startTestStack();
  const images = other.region.service('ec2').state.images;
  for (const id of Object.keys(images)) delete images[id];
  const [api] = await listReleases(other.session, undefined);
  expect(api?.releases).toMatchObject([{ version: 'v1', imageState: 'gone' }]);
  expect(api?.releases[0]).not.toHaveProperty('sizeGib');
});

test('The list has a tree format and a plain one with fourteen fields a line', async () => {
  const lists = await listReleases(stack.session, undefined);
  const tree = releasesTree(lists, stack.session.now(), plain);
  expect(tree[0]).toBe('api');
  expect(tree[1]).toMatch(/^ {2}v3 {2}bad {3}ami-\w+ {2}lt-\w+ version 3 {2}8 GiB {2}\d+ min ago$/);
  const lines = releasesPlain(lists).map((line) => line.split('\t'));
  expect(lines.map(({ length }) => length)).toEqual([14, 14, 14]);
  expect(lines[1]?.slice(0, 3)).toEqual(['api', 'v2', 'good']);
  expect(lines[1]?.slice(11)).toEqual([expect.stringMatching(/^v2@[0-9a-f]{6}$/), 'api', '-']);
  expect(lines[1]?.[9]).toMatch(/^group api, \d instances$/);
  expect(releasesTree([{ application: 'web', releases: [] }], 0, plain)).toEqual([
    'web',
    '  no releases yet',
  ]);
  expect(releasesTree([], 0, plain)[0]).toContain('There are no applications');
});

test('The list of an unknown application is refused', async () => {
  await expect(listReleases(stack.session, 'apo')).rejects.toMatchObject({
    name: 'RefusedEarly',
    message: expect.stringContaining('did you mean "api"') as string,
  });
});

const yesterday = () => stack.session.now() - 86_400_000;

test('The history shows who did what, how long it took and how it ended, the newest first', async () => {
  const [api] = await historiesOf(stack.session, 'api', yesterday());
  expect(
    api?.deployments.map(({ kind, version, outcome, requestedBy, reason }) => [
      kind,
      version,
      outcome,
      requestedBy,
      reason,
    ]),
  ).toEqual([
    ['rollback', 'v2', 'RolledBack', 'ada', 'orders are lost'],
    ['deployment', 'v3', 'Deployed', 'ben', undefined],
    ['deployment', 'v2', 'Deployed', 'ada', undefined],
  ]);
  expect(api?.deployments[2]?.durationSeconds).toBeGreaterThan(60);
});

test('The history computes the five DORA figures from the same records', async () => {
  const [api] = await historiesOf(stack.session, 'api', yesterday());
  const v2 = api?.deployments[2];
  expect(api?.dora).toMatchObject({
    deploymentFrequency: { deployments: 2 },
    leadTime: { measured: 1 },
    changeFailureRate: { rate: 0.5, count: 1, of: 2 },
    timeToRestore: { measured: 1, open: 0 },
    reworkRate: { count: 1, of: 3 },
  });
  // A minute from the tag to the start, and the deployment itself, without the time of closing it.
  const lead = api?.dora.leadTime.medianSeconds ?? 0;
  expect(Math.abs(lead - 60 - (v2?.durationSeconds ?? 0))).toBeLessThan(5);
  expect(historyTree(api ? [api] : [], plain).join('\n')).toMatch(/change failure rate +50 % {2}\(1 of 2\)/);
});

test('The history since a time shows only what came after it', async () => {
  const [all] = await historiesOf(stack.session, undefined, yesterday());
  const last = all?.deployments[0]?.acceptedAt ?? 0;
  const [api] = await historiesOf(stack.session, 'api', last);
  expect(api?.deployments.map(({ kind }) => kind)).toEqual(['rollback']);
  const [none] = await historiesOf(stack.session, 'api', stack.session.now());
  expect(none?.deployments).toEqual([]);
  expect(historyTree(none ? [none] : [], plain).join('\n')).toContain('no deployments');
  expect(historyTree(none ? [none] : [], plain).join('\n')).toMatch(/deployment frequency +none/);
});

test('The plain history has one deployment a line, or one figure a line', async () => {
  const histories = await historiesOf(stack.session, 'api', yesterday());
  const lines = historyPlain(histories).map((line) => line.split('\t'));
  expect(lines.map((cells) => [cells[2], cells[3], cells[4], cells[7]])).toEqual([
    ['rollback', 'v2', 'RolledBack', 'ada'],
    ['deployment', 'v3', 'Deployed', 'ben'],
    ['deployment', 'v2', 'Deployed', 'ada'],
  ]);
  const figures = historyPlain(histories, { dora: true }).map((line) => line.split('\t'));
  expect(figures.find(([, name]) => name === 'change-failure-rate')).toEqual([
    'api',
    'change-failure-rate',
    '0.5',
    'share',
  ]);
  expect(figures).toHaveLength(5);
});

test('The history of an unknown application is refused', async () => {
  await expect(historiesOf(stack.session, 'apo', 0)).rejects.toMatchObject({ name: 'RefusedEarly' });
});
