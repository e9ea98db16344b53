import { CopyImageCommand, DeregisterImageCommand, EC2Client } from '@aws-sdk/client-ec2';
import { minuteMs, ring, rollbacks, software } from './support/acts';
import { refusedByIam } from './support/calls';
import { commandLineOn } from './support/commandLine';
import { looseEnds, noLooseEnds, recordOf, releasesOf, told } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const golden = { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } };

/** A fleet that nothing was deployed to: its instances run v1, and nothing says so. */
const fresh = (strategy = 'instance-refresh') =>
  startTestStack({
    released: false,
    cloud: { alarms: { 'api-5xx': {} } },
    settings: {
      strategy: 'golden-instance',
      rollout: { strategy, bakeMinutes: 5 },
      rollback: { alarms: ['api-5xx'] },
    },
  });
const names = async (stack: TestStack) =>
  (await releasesOf(stack)).map(({ version, state, baseline }) => [version, state, baseline === true]);
const settles = async (stack: TestStack) => {
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(10 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};

test.each([['instance-refresh'], ['surge']])(
  'An alarm five minutes after the very first deployment brings back what ran before (%s)',
  async (strategy) => {
    const stack = await fresh(strategy);
    expect((await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2')).outcome).toBe('Deployed');
    expect(await names(stack)).toEqual([
      ['v2', 'good', false],
      ['baseline', 'good', true],
    ]);
    await stack.cloud.advance(5 * minuteMs);
    await ring(stack);
    await stack.cloud.advance(minuteMs);
    const [arn = ''] = await rollbacks(stack);
    const ended = await stack.ended(arn);
    expect([ended.outcome, ended.end, software(stack)]).toEqual(['RolledBack', undefined, ['v1']]);
    expect(told(stack).some(({ subject }) => subject === 'Forseti: api is back on baseline')).toBe(true);
    expect(await names(stack)).toEqual([
      ['v2', 'bad', false],
      ['baseline', 'good', true],
    ]);
    await settles(stack);
    // It is a release like any other now: what is provisioned in place has something to come back to.
    await ring(stack, { value: 'OK' });
    const next = await stack.deploy(
      { application: 'api', version: 'v3', strategy: 'deploy-and-snapshot' },
      'to-v3',
    );
    expect([next.outcome, next.end]).toEqual(['Deployed', undefined]);
  },
);

test('A person goes back to what ran before the first deployment, also by its name, and list says what it is', async () => {
  const stack = await fresh();
  const typed = commandLineOn(stack.session);
  await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2');
  await stack.deploy({ application: 'api', version: 'v3' }, 'to-v3');
  expect((await names(stack)).filter(([, , baseline]) => baseline)).toHaveLength(1);
  expect((await typed('list', 'api')).out).toMatch(
    /baseline +good.*baseline: what ran before the first deployment/,
  );
  const status = JSON.parse((await typed('status', 'api', '--format', 'json')).out) as {
    releases: { version: string; baseline?: true }[];
  };
  expect(status.releases.at(-1)).toMatchObject({ version: 'baseline', baseline: true });
  expect((await stack.rollBack({ application: 'api' }, 'back')).outcome).toBe('RolledBack');
  expect(software(stack)).toEqual(['v2']);
  const ended = await stack.rollBack({ application: 'api', version: 'baseline' }, 'further');
  expect([ended.outcome, software(stack)]).toEqual(['RolledBack', ['v1']]);
  await settles(stack);
});

test('An image that the group launches already makes one release, not two', async () => {
  const stack = await fresh();
  const { id = '', version = '' } = stack.group().launch.launchTemplate ?? {};
  const image = stack.region.service('ec2').state.launchTemplates[id]?.versions[version]?.data.ImageId;
  expect((await stack.deploy({ application: 'api', version: 'v1', image }, 'to-v1')).outcome).toBe(
    'Deployed',
  );
  expect(await names(stack)).toEqual([['v1', 'good', false]]);
});

test('Clean leaves what ran before the first deployment alone: Forseti did not make it', async () => {
  const stack = await fresh();
  await stack.store({ ...golden, image: { keep: 2 } });
  for (const version of ['v2', 'v3', 'v4'])
    await stack.deploy({ application: 'api', version }, `to-${version}`);
  await stack.cloud.advance(30 * minuteMs);
  const image = (await releasesOf(stack)).find(({ baseline }) => baseline === true)?.image ?? '';
  expect(stack.region.service('ec2').state.images[image]).toBeDefined();
});

/** A copy of an image of which nothing else is known. */
const copyOf = async (stack: TestStack, image: string): Promise<string> => {
  const { ImageId: copy = '' } = await stack.session
    .connect(EC2Client)
    .send(new CopyImageCommand({ Name: 'copy', SourceImageId: image, SourceRegion: 'eu-west-1' }));
  await stack.cloud.advance(30 * minuteMs);
  return copy;
};

test('Where even the image of the group is gone, plan and the deployment say before that there is no way back', async () => {
  const stack = await fresh();
  const { id = '', version = '' } = stack.group().launch.launchTemplate ?? {};
  const image = stack.region.service('ec2').state.launchTemplates[id]?.versions[version]?.data.ImageId ?? '';
  await stack.store({
    ...golden,
    builder: { baseImage: await copyOf(stack, image) },
  });
  await stack.session.connect(EC2Client).send(new DeregisterImageCommand({ ImageId: image }));
  const plan = await commandLineOn(stack.session)('plan', 'api', 'v2');
  expect(plan.out).toMatch(
    /there would be no way back: image ami-\w+ of the group's launch template is gone/,
  );
  const { outcome } = await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2');
  expect((await recordOf(stack, 'to-v2'))?.warnings?.join()).toMatch(/no way back from v2/);
  expect(outcome).toBe('Deployed');
  expect(await names(stack)).toEqual([['v2', 'good', false]]);
});
