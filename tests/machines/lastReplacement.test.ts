/** A deployment ends as Deployed when as many instances serve as the group is to have, or says that they do not. */
import { EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { untilIn } from './support/scenes';
import { recordOf, serving } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const idsOf = (stack: TestStack): string[] => Object.keys(stack.group().instances);
const launches = (stack: TestStack): number =>
  Object.values(stack.region.service('autoscaling').state.activities)
    .flat()
    .filter(({ description }) => description.startsWith('Launching a new EC2 instance: ')).length;
const healthy = (stack: TestStack): number => {
  const groups = Object.values(stack.region.service('elasticloadbalancing').state.targetGroups);
  return groups.flatMap(({ targets }) => Object.values(targets)).filter(({ state }) => state === 'healthy')
    .length;
};

/** One of two instances dies while the other one is imaged: nothing is launched until scaling is resumed. */
const loseOne = async (options: object): Promise<{ stack: TestStack; arn: string; had: string[] }> => {
  const stack = await startTestStack({ group: { instances: 2 }, ...options });
  const had = idsOf(stack);
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await untilIn(stack, arn, 'BakeImage');
  const [serves = ''] = serving(stack).map(({ id }) => id);
  await stack.session.connect(EC2Client).send(new TerminateInstancesCommand({ InstanceIds: [serves] }));
  return { stack, arn, had };
};

test.each(['none', 'instance-refresh', 'surge'])(
  'Deployed means that the replacement of a lost instance serves as well: rollout %s',
  async (strategy) => {
    const { stack, arn, had } = await loseOne({ settings: { rollout: { strategy } } });
    const before = launches(stack);
    const { outcome } = await stack.ended(arn);
    expect([outcome, healthy(stack)]).toEqual(['Deployed', 2]);
    expect((await recordOf(stack))?.warnings ?? []).toEqual([]);
    expect(serving(stack).map(({ software }) => software)).toEqual(['v2', 'v2']);
    // With rollout none nobody is launched from the old version, to be replaced at once.
    if (strategy === 'none')
      expect([launches(stack) - before, idsOf(stack).filter((id) => had.includes(id)).length]).toEqual([
        1, 1,
      ]);
  },
);

test('Where the replacement cannot be launched, the end is a warning that says so', async () => {
  const { stack, arn } = await loseOne({ cloud: { capacity: [{ remaining: 0 }] } });
  const { outcome, seconds } = await stack.ended(arn);
  expect([outcome, serving(stack).length]).toEqual(['Deployed', 1]);
  expect((await recordOf(stack))?.warnings).toEqual([
    expect.stringMatching(/^The image of v2 was not booted .*InsufficientInstanceCapacity/),
    expect.stringMatching(/^Only 1 of 2 instances of group api serve\. .*InsufficientInstanceCapacity/),
  ]);
  expect(seconds).toBeLessThan(40 * 60);
});

test('RolledBack means that the instance that the group has replaced itself serves again', async () => {
  const stack = await startTestStack({ group: { instances: 2 }, cloud: { brokenVersions: ['v2'] } });
  const { outcome } = await stack.deploy();
  expect([outcome, healthy(stack)]).toEqual(['RolledBack', 2]);
  expect(serving(stack).map(({ software }) => software)).toEqual(['v1', 'v1']);
});

test('A version on which no new instance becomes healthy is not kept', async () => {
  // That is when scaling has been resumed.
  const unhealthy = [{ version: 'v2', from: '540s' }];
  const { stack, arn } = await loseOne({ group: { instances: 2, unhealthy } });
  const { outcome, end, path } = await stack.ended(arn);
  expect([outcome, path.includes('Rollout')]).toEqual(['RolledBack', true]);
  expect(end?.message).toContain('do not become healthy');
  expect(serving(stack).map(({ software }) => software)).toEqual(['v1', 'v1']);
});
