import { minuteMs } from './support/acts';
import { commandLineOn } from './support/commandLine';
import { told } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

const quick = { settings: { tags: { pattern: '^v[0-9]', repository: 'acme/api' } } };

const push = (stack: TestStack, tag: string, { repository = 'acme/api', commit = '8f14e45f' } = {}) => {
  stack.region.publish({
    source: 'forseti.ci',
    detailType: 'Git Tag Pushed',
    detail: { repository, tag, commit, pushedBy: 'dana@example.com' },
  });
};

/** A tag that matches nothing, one that is no version, and one that is moved. */
const pushed = async () => {
  const stack = await startTestStack(quick);
  push(stack, 'nightly');
  push(stack, 'v1 beta');
  push(stack, 'v2');
  await stack.cloud.advance(10_000);
  push(stack, 'v2', { commit: 'c81e728d' });
  push(stack, 'v3', { repository: 'acme/web' });
  await stack.cloud.advance(10_000);
  return stack;
};
const about = (stack: TestStack) => told(stack).filter(({ subject }) => /not deployed/.test(subject));

test('Tags that are refused within a short time are told in one message, with what to run', async () => {
  const stack = await pushed();
  expect(about(stack)).toEqual([]);
  await stack.cloud.advance(3 * minuteMs);
  const [message, ...others] = about(stack);
  expect(others).toEqual([]);
  expect(message?.subject).toBe('Forseti: 4 tags are not deployed');
  expect(message?.message).toMatch(/nightly of acme\/api matches no application.*pushed by dana@example.com/);
  expect(message?.message).toMatch(/version "v1 beta" is malformed/);
  expect(message?.message).toMatch(/v2 of acme\/api was moved to commit c81e728d/);
  for (const command of [
    'forseti deploy api nightly',
    'git push origin 8f14e45f:refs/tags/v1-beta',
    'forseti deploy api v2',
    'forseti history --refused',
  ])
    expect(message?.message).toContain(command);
  await stack.cloud.advance(20 * minuteMs);
  expect(about(stack)).toHaveLength(1);
  push(stack, 'latest');
  await stack.cloud.advance(3 * minuteMs);
  expect(about(stack).map(({ subject }) => subject)).toEqual([
    'Forseti: 4 tags are not deployed',
    'Forseti: tag latest of acme/api is not deployed',
  ]);
});

test('A lasting stream of refused tags is told every five minutes, not for each tag', async () => {
  const stack = await startTestStack(quick);
  for (let minute = 0; minute < 20; minute += 0.5) {
    push(stack, `build-${String(minute * 2)}`);
    await stack.cloud.advance(minuteMs / 2);
  }
  await stack.cloud.advance(3 * minuteMs);
  expect(about(stack).length).toBeLessThanOrEqual(5);
  expect(about(stack).length).toBeGreaterThanOrEqual(3);
});

test('history --refused lists them, all or those that may be about an application, and status shows the last', async () => {
  const stack = await pushed();
  const typed = commandLineOn(stack.session);
  const all = JSON.parse((await typed('history', '--refused', '--format', 'json')).out) as {
    refused: { tag: string; command: string; application?: string; pushedBy: string }[];
  };
  expect(all.refused.map(({ tag }) => tag).sort()).toEqual(['nightly', 'v1 beta', 'v2', 'v3']);
  expect(all.refused.find(({ tag }) => tag === 'v3')?.command).toMatch(/^forseti deploy APPLICATION v3/);
  const own = await typed('history', 'api', '--refused', '--format', 'plain');
  expect(own.out.split('\n').map((line) => line.split('\t')[3])).toEqual(
    expect.arrayContaining(['nightly', 'v1 beta', 'v2']),
  );
  expect(own.out).not.toContain('acme/web');
  const tree = await typed('history', 'api', '--refused');
  expect(tree.out).toMatch(/was moved to commit c81e728d.*\(dana@example.com\)\n +forseti deploy api v2/);
  const status = await typed('status', 'api');
  expect(status.out).toMatch(/tags that were not deployed/);
  expect(status.out).toMatch(/forseti history api --refused/);
  expect((await typed('history', '--refused', '--since', '1m')).out).toMatch(/moved/);
});
