import { DeleteLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { Table } from '../../lib/aws/table';
import { type Release, Releases } from '../../lib/engine/releases';
import { giveGroup, minuteMs, newTemplateVersion, software } from './support/acts';
import { refusedByIam } from './support/calls';
import { failing, liftable } from './support/failing';
import { looseEnds, noLooseEnds, recordOf, releasesOf, told } from './support/snapshot';
import { rested } from './support/rested';
import type { TestStack, TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);

const golden = (more: object = {}): TestStackOptions => ({
  settings: {
    strategy: 'golden-instance',
    rollout: { strategy: 'instance-refresh', bakeMinutes: 5 },
    ...more,
  },
});

/** The instance types that serve. */
const types = (stack: TestStack): string[] => [
  ...new Set(
    Object.entries(stack.group().instances)
      .filter(([, { lifecycle }]) => lifecycle === 'InService')
      .map(([id]) => stack.instance(id).instanceType),
  ),
];
const usedVersion = (stack: TestStack) => stack.group().launch.launchTemplate?.version;
const settles = async (stack: TestStack) => {
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(10 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};

/** Somebody gives the group another instance type, and then v3 is deployed. */
const changed = async (more: object = {}): Promise<TestStack> => {
  const stack = await rested(golden(more), 'v2');
  await giveGroup(stack, await newTemplateVersion(stack));
  expect((await stack.deploy({ application: 'api', version: 'v3' }, 'to-v3')).outcome).toBe('Deployed');
  expect(types(stack)).toEqual(['m5.xlarge']);
  await stack.cloud.advance(10 * minuteMs);
  return stack;
};
const line = '~ InstanceType: m5.xlarge -> m5.large';

describe('A rollback after somebody has changed the launch template', () => {
  test.each([['instance-refresh'], ['surge']])(
    'Only the image goes back (%s); what stays is told, and the release has a launch template version of its own',
    async (strategy) => {
      const stack = await changed({ rollout: { strategy, bakeMinutes: 5 } });
      const ended = await stack.rollBack();
      expect([ended.outcome, ended.end]).toEqual(['RolledBack', undefined]);
      expect([software(stack), types(stack)]).toEqual([['v2'], ['m5.xlarge']]);
      const record = await recordOf(stack, 'rollback-1');
      expect(record?.besides?.template.join('\n')).toContain(line);
      expect(told(stack).at(-1)?.message).toMatch(/Only the image goes back.*stays/);
      expect(told(stack).at(-1)?.message).toContain(line);
      // The release is where the fleet is now: no drift, and the next rollback knows what runs.
      const v2 = (await releasesOf(stack)).find(({ version }) => version === 'v2');
      expect(v2?.launchTemplate.version).toBe(usedVersion(stack));
      await settles(stack);
      expect((await stack.deploy({ application: 'api', version: 'v4' }, 'to-v4')).outcome).toBe('Deployed');
    },
  );

  test.each([
    ['by the settings', { rollback: { template: 'release' } }, {}],
    ['by the request', {}, { template: 'release' }],
  ])(
    'The whole launch template goes back if that is asked for, %s, and what goes back is told',
    async (_, more, input) => {
      const stack = await changed(more);
      const ended = await stack.rollBack({ application: 'api', ...input });
      expect([ended.outcome, software(stack), types(stack)]).toEqual(['RolledBack', ['v2'], ['m5.large']]);
      expect(told(stack).at(-1)?.message).toMatch(/Besides the image, the launch template goes back/);
      expect(told(stack).at(-1)?.message).toContain(line);
      await settles(stack);
    },
  );

  test('A group that has the release’s image under a newer version already goes back to that version', async () => {
    const stack = await rested(golden(), 'v2');
    const version = await newTemplateVersion(stack);
    await giveGroup(stack, version);
    const before = stack.cloud.calls.list.length;
    // v3 is halted while its refresh runs: the group has still the version that a person gave it.
    await stack.start({ application: 'api', version: 'v3' }, 'to-v3');
    await stack.cloud.runUntil(
      () => stack.cloud.calls.list.slice(before).some(({ action }) => action === 'StartInstanceRefresh'),
      60 * minuteMs,
    );
    const ended = await stack.rollBack();
    expect([ended.outcome, software(stack), usedVersion(stack)]).toEqual(['RolledBack', ['v2'], version]);
    await settles(stack);
  });

  test('A rollback that fails comes back to what the group launched from, and the version that it made goes', async () => {
    const stack = await changed();
    const was = usedVersion(stack);
    const { id = '' } = stack.group().launch.launchTemplate ?? {};
    const versions = () => stack.region.service('ec2').state.launchTemplates[id]?.versions ?? {};
    const before = Object.keys(versions());
    stack.cloud.faults = failing('dies before its effect', ['CompleteRollback']);
    const ended = await stack.rollBack({ application: 'api', version: 'v2' });
    expect([ended.outcome, software(stack), usedVersion(stack)]).toEqual(['RolledBack', ['v3'], was]);
    expect(ended.end?.error).not.toBe('None');
    await settles(stack);
    expect(Object.keys(versions())).toEqual(before);
  });
});

test.each([['dies before its effect'], ['dies after its effect']] as const)(
  'A rollback away from a bad release whose step %s comes to the image in the present template all the same',
  async (how) => {
    const stack = await changed();
    const v3 = (await releasesOf(stack)).find(({ version }) => version === 'v3');
    const releases = new Releases(new Table<Release>(stack.dynamodb, 'forseti-production-releases'));
    if (v3) await releases.markBad(v3, 'ada');
    const fault = liftable(failing(how, ['SetScaling', 'CompleteRollback']));
    stack.cloud.faults = fault.faults;
    const arn = await stack.start(
      { application: 'api' },
      'rollback-1',
      stack.session.names.rollbackMachineArn,
    );
    await stack.cloud.runUntil(
      () => stack.cloud.calls.list.some(({ caller }) => caller.endsWith('-Undo')),
      120 * minuteMs,
    );
    fault.lift();
    const ended = await stack.ended(arn);
    expect([ended.outcome, software(stack), types(stack)]).toEqual(['RolledBack', ['v2'], ['m5.xlarge']]);
    const v2 = (await releasesOf(stack)).find(({ version }) => version === 'v2');
    expect(v2?.launchTemplate.version).toBe(usedVersion(stack));
    await settles(stack);
  },
);

test('Somebody’s own launch template version with the image that runs is left with it, and comes back if that fails', async () => {
  const stack = await rested(golden(), 'v2', 'v3');
  const version = await newTemplateVersion(stack);
  await giveGroup(stack, version);
  await stack.cloud.advance(5 * minuteMs);
  const fault = liftable(failing('dies before its effect', ['CompleteRollback']));
  stack.cloud.faults = fault.faults;
  const failed = await stack.rollBack(undefined, 'failed');
  expect([failed.outcome, software(stack), usedVersion(stack)]).toEqual(['RolledBack', ['v3'], version]);
  fault.lift();
  const ended = await stack.rollBack(undefined, 'again');
  expect([ended.outcome, ended.end, software(stack), types(stack)]).toEqual([
    'RolledBack',
    undefined,
    ['v2'],
    ['m5.xlarge'],
  ]);
  await settles(stack);
});

test('A release whose launch template version is gone is launched from the group’s own', async () => {
  const stack = await rested(golden(), 'v2', 'v3');
  const { launchTemplate } = (await releasesOf(stack)).find(({ version }) => version === 'v2') ?? {};
  await stack.session.connect(EC2Client).send(
    new DeleteLaunchTemplateVersionsCommand({
      LaunchTemplateId: launchTemplate?.id ?? '',
      Versions: [launchTemplate?.version ?? ''],
    }),
  );
  const ended = await stack.rollBack();
  expect([ended.outcome, software(stack)]).toEqual(['RolledBack', ['v2']]);
  expect(told(stack).at(-1)?.message).toMatch(/with which v2 was deployed, is gone/);
  await settles(stack);
});

test('Without a change by others nothing is made, and nothing more is told', async () => {
  const stack = await rested(golden(), 'v2');
  const before = stack.cloud.calls.list.length;
  expect((await stack.rollBack()).outcome).toBe('RolledBack');
  const made = stack.cloud.calls.list.slice(before).map(({ action }) => action);
  expect(made).not.toContain('CreateLaunchTemplateVersion');
  expect((await recordOf(stack, 'rollback-1'))?.besides).toEqual({ template: [], scaling: [] });
});
