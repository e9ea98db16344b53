import { listReleases } from '../../cli/queries/releases';
import { releasesTree } from '../../cli/views/releasesView';
import { styleOf } from '../../cli/terminal/style';
import { EC2Client, ModifyImageAttributeCommand } from '@aws-sdk/client-ec2';
import type { CleanAnswer } from '../../lib/cleaning/request';
import { ask, minuteMs, software } from './support/acts';
import { refusedByIam } from './support/calls';
import { releasesOf } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const golden = {
  strategy: 'golden-instance',
  rollout: { strategy: 'instance-refresh', bakeMinutes: 0 },
  image: { keep: 2 },
};

const clean = async (stack: TestStack, more: object = {}): Promise<CleanAnswer> =>
  (await ask(stack, 'Clean', { application: 'api', by: 'ada', ...more })) as CleanAnswer;

/** @param copied each image is copied to the other regions before the next deployment. */
const deployAll = async (
  stack: TestStack,
  versions: readonly string[],
  { copied = false } = {},
): Promise<void> => {
  for (const version of versions) {
    expect((await stack.deploy({ application: 'api', version }, `to-${version}`)).outcome).toBe('Deployed');
    if (copied) await stack.cloud.advance(30 * minuteMs);
  }
};

const ec2 = (stack: TestStack, region = 'eu-west-1') => stack.cloud.region(region).service('ec2').state;
type Tagged = { readonly tags: Readonly<Record<string, string>> };
/** The fleet's first image was not made by Forseti. */
const versionOf = ({ tags }: Tagged): string | [] =>
  tags['forseti:deployment'] === undefined ? [] : (tags['forseti:version'] ?? []);
const ours = (stack: TestStack, region?: string) => ({
  images: Object.values(ec2(stack, region).images).flatMap(versionOf),
  snapshots: Object.values(ec2(stack, region).snapshots).flatMap(versionOf),
});
const descriptions = (stack: TestStack): string[] =>
  Object.values(ec2(stack).launchTemplates).flatMap(({ versions }) =>
    Object.values(versions).flatMap(({ description }) => /^v\d/.exec(description ?? '')?.[0] ?? []),
  );
const settled = (stack: TestStack) => stack.cloud.advance(2 * minuteMs);
const deletions = (stack: TestStack): string[] =>
  stack.cloud.calls.list
    .filter(
      ({ caller, action }) => caller === 'forseti-production-Clean' && /^(Delete|Deregister)/.test(action),
    )
    .map(({ action }) => action);

test('After a good deployment, everything older than the last good releases is removed in all regions, and is no target of a rollback', async () => {
  const stack = await startTestStack({
    settings: { ...golden, image: { keep: 2, copyTo: ['eu-central-1'] } },
    cloud: { regions: ['eu-west-1', 'eu-central-1'] },
  });
  await deployAll(stack, ['v2', 'v3', 'v4'], { copied: true });
  await settled(stack);
  expect(ours(stack).images).toEqual(['v3', 'v4']);
  expect(ours(stack).snapshots).toEqual(['v3', 'v4']);
  expect(ours(stack, 'eu-central-1')).toEqual({ images: ['v3', 'v4'], snapshots: ['v3', 'v4'] });
  expect(descriptions(stack)).toEqual(['v3', 'v4']);
  const [, , cleaned] = await releasesOf(stack);
  expect(cleaned).toMatchObject({ version: 'v2', cleanedBy: 'the end of to-v4' });
  const named = await stack.rollBack({ application: 'api', version: 'v2' }, 'to-cleaned');
  expect([named.outcome, named.end?.error]).toEqual(['Rejected', 'UnknownVersion']);
  expect(named.end?.problems[0]).toMatch(/was cleaned at .*forseti deploy api v2/);
  expect((await stack.rollBack()).outcome).toBe('RolledBack');
  expect(software(stack)).toEqual(['v3']);
  expect(refusedByIam(stack)).toEqual([]);
});

describe('A clean that a person asks for', () => {
  test('A dry run reports the plan; the clean carries it out; a second clean finds nothing', async () => {
    const stack = await startTestStack({ settings: { ...golden, image: { keep: 5 } } });
    await deployAll(stack, ['v2', 'v3', 'v4']);
    await settled(stack);
    const planned = await clean(stack, { keep: 1, dryRun: true });
    expect(planned.done).toBe(true);
    expect(planned.cleaned[0]?.deleted).toEqual([
      expect.stringMatching(/^launch template version lt-.* in eu-west-1$/),
      expect.stringMatching(/^image ami-.* in eu-west-1$/),
    ]);
    expect(deletions(stack)).toEqual([]);
    const cleaned = await clean(stack, { keep: 1, by: 'ada', reason: 'costs' });
    expect(cleaned.cleaned[0]?.deleted).toEqual(planned.cleaned[0]?.deleted);
    expect(cleaned.cleaned[0]?.releases).toContain('v2');
    const [listed] = await listReleases(stack.session, 'api');
    const shown = releasesTree(listed ? [listed] : [], stack.session.now(), styleOf(false)).join('\n');
    expect(shown).toMatch(/v2 .*gone.* cleaned .* by ada \(costs\)/);
    expect(shown).not.toMatch(/v3 .*cleaned/);
    expect(ours(stack)).toEqual({ images: ['v3', 'v4'], snapshots: ['v3', 'v4'] });
    expect((await clean(stack, { keep: 1 })).cleaned[0]).toMatchObject({ deleted: [], releases: [] });
    expect(refusedByIam(stack)).toEqual([]);
  });

  test('An image that another account may launch is kept, and reported', async () => {
    const stack = await startTestStack({ settings: { ...golden, image: { keep: 5 } } });
    await deployAll(stack, ['v2', 'v3', 'v4']);
    const release = (await releasesOf(stack)).find(({ version }) => version === 'v2');
    await stack.session.connect(EC2Client).send(
      new ModifyImageAttributeCommand({
        ImageId: release?.image,
        LaunchPermission: { Add: [{ UserId: '111122223333' }] },
      }),
    );
    const { cleaned } = await clean(stack, { keep: 2 });
    expect(cleaned[0]?.kept).toContainEqual({
      what: `image ${release?.image ?? ''} in eu-west-1`,
      why: 'shared with 111122223333',
    });
    expect(ours(stack).images).toEqual(['v2', 'v3', 'v4']);
  });

  test('Nothing is deleted while a deployment has the fleet, and the answer names it', async () => {
    const stack = await startTestStack({ settings: { ...golden, image: { keep: 5 } } });
    await deployAll(stack, ['v2', 'v3', 'v4']);
    await settled(stack);
    await stack.start({ application: 'api', version: 'v5' }, 'to-v5');
    await stack.cloud.advance(minuteMs);
    expect(await clean(stack, { keep: 2 })).toMatchObject({
      done: false,
      message: expect.stringContaining('to-v5 has the fleet') as string,
    });
    expect(deletions(stack)).toEqual([]);
  });

  test('An unknown application and an unknown input are refused', async () => {
    const stack = await startTestStack({ settings: golden });
    expect(await ask(stack, 'Clean', { application: 'web' })).toMatchObject({
      errorType: 'UnknownApplication',
    });
    expect(await ask(stack, 'Clean', { application: 'api', keep: 0 })).toMatchObject({
      errorType: 'InvalidRequest',
    });
  });
});
