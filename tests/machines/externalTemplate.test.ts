import { AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { ask, giveGroup, minuteMs, newTemplateVersion, software, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { rested } from './support/rested';
import { looseEnds, noLooseEnds, recordOf, told } from './support/snapshot';
import type { TestStack } from './support/testStack';

jest.setTimeout(60_000);
const golden = (rollout: object = {}) => ({
  settings: {
    strategy: 'golden-instance',
    rollout: { strategy: 'instance-refresh', bakeMinutes: 5, ...rollout },
  },
});
/** v2 is out; the next deployment waits for an approval of its second half. */
const withApproval = async () => {
  const stack = await rested(golden(), 'v2');
  await stack.store(golden({ approval: { percentage: 50 } }).settings);
  return stack;
};
const v3 = { application: 'api', version: 'v3' };
const templateVersion = (stack: TestStack) => stack.group().launch.launchTemplate?.version;
const typeOfGroup = (stack: TestStack) => {
  const { id = '', version = '' } = stack.group().launch.launchTemplate ?? {};
  return stack.region.service('ec2').state.launchTemplates[id]?.versions[Number(version)]?.data.InstanceType;
};
const terminations = (stack: TestStack) =>
  stack.cloud.calls.list.filter(({ action }) => action === 'TerminateInstanceInAutoScalingGroup').length;
interface Ended {
  readonly left: readonly { readonly kind: string; readonly target: string; readonly note: string }[];
  readonly foreign: readonly { readonly kind: string; readonly note: string }[];
  readonly message: string;
}
const settles = async (stack: TestStack) => {
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};

describe('A launch template version that somebody makes from the deployment’s own while it waits for approval', () => {
  /** Half of the fleet runs v3, and the group uses its version. */
  const edited = async () => {
    const stack = await withApproval();
    const arn = await stack.start(v3, 'v3');
    await untilState(stack, 'Approval');
    const edit = await newTemplateVersion(stack);
    await giveGroup(stack, edit);
    return { stack, arn, edit };
  };

  test('A halt terminates nothing, and lists only that the instances stay on the version', async () => {
    const { stack, arn, edit } = await edited();
    const before = software(stack);
    await ask(stack, 'HaltDeployment', { application: 'api', by: 'ada', reason: 'wrong' });
    const ended = await stack.ended(arn);
    const end = ended.end as unknown as Ended;
    expect(ended.outcome).toBe('Dirty');
    expect(end.left.map(({ kind, target }) => [kind, target])).toEqual([['refresh', 'api restore']]);
    expect(end.left[0]?.note).toMatch(/stayed: i-.*somebody else gave it since/s);
    expect(end.foreign.map(({ kind }) => kind)).toEqual(['group-launch-template']);
    expect([templateVersion(stack), software(stack), terminations(stack)]).toEqual([edit, before, 0]);
    await settles(stack);
  });

  test('An approval rolls out what they made, and says so', async () => {
    const { stack, arn, edit } = await edited();
    await ask(stack, 'Approve', { deployment: 'v3', by: 'ada' });
    expect((await stack.ended(arn)).outcome).toBe('Deployed');
    expect([templateVersion(stack), typeOfGroup(stack), software(stack)]).toEqual([
      edit,
      'm5.xlarge',
      ['v3'],
    ]);
    expect((await recordOf(stack, 'v3'))?.warnings).toEqual([
      expect.stringMatching(
        /somebody else gave it since\. It has the image of v3: it is rolled out as it is/,
      ),
    ]);
    expect(told(stack).at(-1)?.message).toContain('somebody else gave it since');
    await settles(stack);
  });
});

test('An approval does not overwrite a version that somebody made from the former one, and the fleet goes back', async () => {
  const stack = await withApproval();
  const former = templateVersion(stack) ?? '';
  const arn = await stack.start(v3, 'v3');
  await untilState(stack, 'Approval');
  const edit = await newTemplateVersion(stack, former);
  await giveGroup(stack, edit);
  await ask(stack, 'Approve', { deployment: 'v3', by: 'ada' });
  const ended = await stack.ended(arn);
  const end = ended.end as unknown as Ended;
  expect([ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'GroupChangedExternally']);
  expect(end.message).toContain('forseti resume-from v3');
  expect(end.foreign).toEqual([
    expect.objectContaining({
      kind: 'group-launch-template',
      note: expect.stringContaining(`version ${edit}`) as string,
    }),
  ]);
  expect([templateVersion(stack), software(stack)]).toEqual([edit, ['v2']]);
  await settles(stack);
});

test.each(['surge', 'none', 'instance-refresh'])(
  'A version that somebody gives the group before the image is made goes into the new one: %s',
  async (strategy) => {
    const stack = await rested(golden({ strategy }), 'v2');
    const arn = await stack.start(v3, 'v3');
    await untilState(stack, 'BakeImage');
    await giveGroup(stack, await newTemplateVersion(stack));
    expect((await stack.ended(arn)).outcome).toBe('Deployed');
    expect(typeOfGroup(stack)).toBe('m5.xlarge');
    expect((await recordOf(stack, 'v3'))?.warnings).toEqual([
      expect.stringMatching(/The launch template version of v3 is made from it/),
    ]);
    await settles(stack);
  },
);

test('A surge whose group gets another version stops, and leaves it', async () => {
  const stack = await rested(golden({ strategy: 'surge' }), 'v2');
  const former = templateVersion(stack) ?? '';
  const arn = await stack.start(v3, 'v3');
  await untilState(stack, 'Rollout');
  await stack.cloud.advance(minuteMs);
  const edit = await newTemplateVersion(stack, former);
  await giveGroup(stack, edit);
  const ended = await stack.ended(arn);
  expect([ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'GroupChangedExternally']);
  expect([templateVersion(stack), software(stack)]).toEqual([edit, ['v2']]);
  await settles(stack);
});

test('Sizes that somebody changes meanwhile are told and left alone', async () => {
  const stack = await rested(golden(), 'v2');
  const autoScaling = stack.session.connect(AutoScalingClient);
  const arn = await stack.start(v3, 'v3');
  await untilState(stack, 'BakeImage');
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'api', MinSize: 3, MaxSize: 30 }),
  );
  expect((await stack.ended(arn)).outcome).toBe('Deployed');
  expect([stack.group().minSize, stack.group().maxSize]).toEqual([3, 30]);
  expect((await recordOf(stack, 'v3'))?.warnings).toEqual([
    expect.stringMatching(/The minimum of group api was \d+ when the deployment began and is 3 now/),
    expect.stringMatching(/The maximum of group api was \d+ when the deployment began and is 30 now/),
  ]);
  await settles(stack);
});
