import { AwsError } from '@forseti/embedded-cloud';
import { ask, minuteMs, software, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, recordOf } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);
const options = (more: object = {}, rest: Partial<TestStackOptions> = {}): TestStackOptions => ({
  settings: { strategy: 'golden-instance', rollout: { strategy: 'none' }, ...more },
  ...rest,
});
const testInstances = (stack: TestStack) =>
  Object.values(stack.region.service('ec2').state.instances).filter(({ tags }) =>
    tags.Name?.startsWith('forseti test instance'),
  );
const settles = async (stack: TestStack) => {
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};
const noCapacityError = () =>
  new AwsError('InsufficientInstanceCapacity', 'There is no capacity.', { statusCode: 500 });
const templateVersion = (stack: TestStack) => stack.group().launch.launchTemplate?.version;

test.each([
  ['golden-instance', {}],
  ['deploy-and-snapshot', { strategy: 'deploy-and-snapshot' }],
])(
  'With rollout none one instance of the image is booted outside of the group, and terminated: %s',
  async (_, more) => {
    const stack = await startTestStack(options(more));
    const arn = await stack.start({ application: 'api', version: 'v2' }, 'deployment-1');
    await untilState(stack, 'VerifyImage');
    const before = templateVersion(stack);
    await stack.cloud.advance(30_000);
    const [one] = testInstances(stack);
    expect(one?.tags['forseti:version']).toBe('tainted');
    expect(Object.keys(stack.group().instances)).not.toContain(one?.id);
    const targets = Object.values(stack.region.service('elasticloadbalancing').state.targetGroups);
    expect(targets.flatMap((group) => Object.keys(group.targets))).not.toContain(one?.id);
    expect(templateVersion(stack)).toBe(before);
    expect((await stack.ended(arn)).outcome).toBe('Deployed');
    expect(templateVersion(stack)).not.toBe(before);
    expect(testInstances(stack).map(({ state }) => state)).toEqual([
      expect.stringMatching(/shutting-down|terminated/),
    ]);
    await settles(stack);
  },
);

test.each([
  ['another rollout', { rollout: { strategy: 'surge' } }],
  ['settings that switch it off', { image: { verify: false } }],
])('No test instance is launched with %s', async (_, more) => {
  const stack = await startTestStack(options(more));
  const ended = await stack.deploy();
  expect([ended.outcome, ended.path]).toEqual(['Deployed', expect.not.arrayContaining(['VerifyImage'])]);
  expect(testInstances(stack)).toEqual([]);
});

test('An image whose instance fails its status checks ends the deployment before the group gets it', async () => {
  const stack = await startTestStack(
    options({}, { group: { unhealthy: [{ by: 'status', version: 'v2' }] } }),
  );
  const before = templateVersion(stack);
  const ended = await stack.deploy();
  expect([ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'ImageNotVerified']);
  expect(ended.end?.message).toMatch(/did not boot well.*status checks are .*impaired/s);
  expect([templateVersion(stack), software(stack)]).toEqual([before, ['v1']]);
  await settles(stack);
});

test('Without capacity for a test instance the deployment goes on, with a warning', async () => {
  const stack = await startTestStack(options());
  const arn = await stack.start({ application: 'api', version: 'v2' }, 'deployment-1');
  await untilState(stack, 'TerminateBuilder');
  stack.cloud.faults = {
    call: ({ caller, action }) =>
      caller.name.endsWith('-VerifyImage') && action === 'RunInstances'
        ? { before: noCapacityError() }
        : undefined,
  };
  expect((await stack.ended(arn)).outcome).toBe('Deployed');
  expect((await recordOf(stack))?.warnings).toContainEqual(
    expect.stringMatching(/was not booted before the group got it.*InsufficientInstanceCapacity/),
  );
  await settles(stack);
});

test('A halt, and a stop, terminate the test instance', async () => {
  for (const how of ['halt', 'stop']) {
    const stack = await startTestStack(options());
    const arn = await stack.start({ application: 'api', version: 'v2' }, 'deployment-1');
    await untilState(stack, 'VerifyImage');
    await stack.cloud.advance(10_000);
    if (how === 'stop') await stack.stop(arn);
    else await ask(stack, 'HaltDeployment', { application: 'api', by: 'ada', reason: 'x' });
    await stack.ended(arn);
    await stack.cloud.advance(10 * minuteMs);
    expect(testInstances(stack).map(({ state }) => state)).toEqual([
      expect.stringMatching(/shutting-down|terminated/),
    ]);
    await settles(stack);
  }
});
