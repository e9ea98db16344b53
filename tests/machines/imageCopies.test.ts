import { listReleases } from '../../cli/queries/releases';
import { releasesPlain, releasesTree } from '../../cli/views/releasesView';
import { styleOf } from '../../cli/terminal/style';
import { minuteMs } from './support/acts';
import { refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, recordOf, releasesOf, told } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';
import { outagesOf } from '@forseti/embedded-cloud';

jest.setTimeout(60_000);
const options = (more: Partial<TestStackOptions> = {}): TestStackOptions => ({
  settings: { image: { copyTo: ['eu-central-1'] } },
  cloud: { regions: ['eu-west-1', 'eu-central-1'] },
  ...more,
});
const down = (stack: TestStack, minutes: number, manner: 'refuse' | 'silent' = 'refuse') => {
  const from = stack.cloud.now();
  stack.cloud.faults = outagesOf([
    { region: 'eu-central-1', from, until: from + minutes * minuteMs, manner },
  ]);
};
const copies = (stack: TestStack) =>
  Object.values(stack.cloud.region('eu-central-1').service('ec2').state.images);
const listed = async (stack: TestStack): Promise<string> => {
  const lists = await listReleases(stack.session, 'api');
  return releasesTree(lists, stack.session.now(), styleOf(false)).join('\n');
};

test('An image is copied to the regions that the settings name, with its tags, when its release is good', async () => {
  const stack = await startTestStack(options());
  const ended = await stack.deploy();
  expect([ended.outcome, ended.end?.message]).toEqual(['Deployed', undefined]);
  expect(copies(stack)).toEqual([]);
  expect(await listed(stack)).toMatch(/v2 .*eu-central-1 pending/);
  await stack.cloud.advance(30 * minuteMs);
  const [copy] = copies(stack);
  expect(copy).toMatchObject({
    state: 'available',
    sourceImageId: (await recordOf(stack))?.bakedImage,
    tags: { 'forseti:application': 'api', 'forseti:version': 'v2' },
  });
  expect(await listed(stack)).toMatch(/v2 .*eu-central-1 available$/m);
  expect(
    releasesPlain(await listReleases(stack.session, 'api'))[0]
      ?.split('\t')
      .at(-1),
  ).toBe('eu-central-1=available');
  expect((await releasesOf(stack))[0]?.imageCopies).toMatchObject({ 'eu-central-1': { image: copy?.id } });
  expect(refusedByIam(stack)).toEqual([]);
});

test.each(['refuse', 'silent'] as const)(
  'A copy region that is down (%s) delays and undoes nothing; it is told once, listed, and copied to afterwards',
  async (manner) => {
    const calm = await startTestStack(options({ settings: {} }));
    const usual = await calm.deploy();
    const stack = await startTestStack(options());
    down(stack, 180, manner);
    const ended = await stack.deploy();
    expect([ended.outcome, ended.path]).toEqual(['Deployed', usual.path]);
    const took = async (of: TestStack) => {
      const record = await recordOf(of);
      return (record?.completedAt ?? 0) - (record?.acceptedAt ?? 0);
    };
    expect(Math.abs((await took(stack)) - (await took(calm)))).toBeLessThan(minuteMs);
    await stack.cloud.advance(60 * minuteMs);
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
    expect(await listed(stack)).toMatch(/v2 .*eu-central-1 failed \(.+\)/);
    const failures = () =>
      told(stack).filter(({ subject }) => /is not copied to eu-central-1 yet/.test(subject));
    expect(failures()).toHaveLength(1);
    await stack.cloud.advance(240 * minuteMs);
    expect(await listed(stack)).toMatch(/v2 .*eu-central-1 available$/m);
    expect(copies(stack).map(({ state }) => state)).toEqual(['available']);
    expect(failures()).toHaveLength(1);
  },
);

test('A copy that EC2 fails is tried again, and one whose region goes down goes on', async () => {
  const stack = await startTestStack(options());
  await stack.deploy();
  await stack.cloud.runUntil(() => copies(stack).length > 0, 10 * minuteMs);
  down(stack, 30);
  await stack.cloud.advance(60 * minuteMs);
  expect(await listed(stack)).toMatch(/v2 .*eu-central-1 available$/m);
  expect(copies(stack)).toHaveLength(1);
});
