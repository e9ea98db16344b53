import { statusOf } from '../../cli/queries/status';
import { styleOf } from '../../cli/terminal/style';
import { statusTree } from '../../cli/views/statusView';
import { minuteMs } from './support/acts';
import { recordOf, told } from './support/snapshot';
import { startTestStack } from './support/testStack';
import { commandLineOn } from './support/commandLine';

jest.setTimeout(60_000);

test('A version that only new instances get is told so: message, command, status and JSON', async () => {
  const stack = await startTestStack({
    settings: { strategy: 'golden-instance', rollout: { strategy: 'none' } },
  });
  expect((await stack.deploy()).outcome).toBe('Deployed');
  await stack.cloud.advance(10 * minuteMs);
  const size = Object.keys(stack.group().instances).length;
  const sentence = `v2 is what new instances get; 0 of ${String(size)} run it`;
  expect(told(stack).at(-1)?.message).toContain(`api ${sentence}.`);
  expect((await recordOf(stack))?.end?.fleet).toEqual({ inService: size, onVersion: 0 });
  const status = await statusOf(stack.session, 'api');
  expect(status.current).toEqual({ release: 'v2', inService: size, onVersion: 0, newInstancesOnly: true });
  expect(status.drift?.instances).toEqual([]);
  expect(statusTree(status, stack.session.now(), styleOf(false))[0]).toBe(
    `api  v1 on ${String(size)} of ${String(size)}; ${sentence}`,
  );
  const typed = commandLineOn(stack.session);
  const deployed = await typed('deploy', 'api', 'v3');
  expect([deployed.code, deployed.out]).toEqual([0, expect.stringContaining(sentence.replace('v2', 'v3'))]);
  const json = await typed('deploy', 'api', 'v4', '--format', 'json');
  expect(JSON.parse(json.out)).toMatchObject({
    outcome: 'Deployed',
    fleet: { inService: size, onVersion: 0 },
  });
});
