import { commandLineOn, savedStack } from './support/commandLine';
import { software } from './support/acts';
import { startTestStack } from './support/testStack';

jest.setTimeout(60_000);

const busy = savedStack(async () => {
  const stack = await startTestStack({
    settings: { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 0 } },
  });
  return stack;
});
const deploying = async () => {
  const { stack, typed } = await busy();
  await stack.start({ application: 'api', version: 'v2' }, 'to-v2');
  await stack.cloud.advance(60_000);
  return { stack, typed };
};

test('Who types while a deployment runs is asked, and a yes waits for its turn', async () => {
  const { stack } = await deploying();
  const { code, note } = await commandLineOn(stack.session, 'y')('deploy', 'api', 'v3');
  expect([code, note]).toEqual([0, expect.any(String)]);
  expect(software(stack)).toEqual(['v3']);
});

test('A no starts nothing, and names the command that waits', async () => {
  const { stack } = await deploying();
  const { code, note } = await commandLineOn(stack.session, 'n')('deploy', 'api', 'v3');
  expect(code).toBe(6);
  expect(note).toMatch(
    /^to-v2 works on api since .*Nothing was started\. .*: forseti deploy api v3 --concurrency queue-latest$/,
  );
  expect(await stack.executionArns()).toHaveLength(1);
});

test('Without a terminal the request is refused, and with --concurrency queue-latest it waits', async () => {
  const { stack, typed } = await deploying();
  expect((await typed('deploy', 'api', 'v3')).code).toBe(6);
  expect((await typed('deploy', 'api', 'v4', '--concurrency', 'queue-latest')).code).toBe(0);
  expect(software(stack)).toEqual(['v4']);
});

test('Nobody is asked while the fleet is free', async () => {
  const { stack } = await busy();
  expect((await commandLineOn(stack.session, 'n')('deploy', 'api', 'v2')).code).toBe(0);
});
