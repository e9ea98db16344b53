import { exitCodes } from '../../cli/terminal/exitCodes';
import { changes, savedStack } from './support/commandLine';
import { startTestStack } from './support/testStack';
import { openPorts, switchesOf } from './support/switches';

const setUp = savedStack(() => startTestStack({ group: { instances: 1 } }));

const ssh = ['--port', '22', '--cidr', '203.0.113.7/32'];
const [open, close] = (['open', 'close'] as const).map((what) => ['access', what, 'api', ...ssh]) as [
  string[],
  string[],
];

test('The command opens a port once and closes it once, and says so when it is repeated', async () => {
  const { stack, typed } = await setUp();
  for (const reason of ['looks at a log', 'and again'])
    expect(await typed(...open, '--for', '30m', '--reason', reason)).toMatchObject({
      code: exitCodes.done,
      out: expect.stringMatching(/port 22 for 203\.0\.113\.7\/32: open until/) as string,
    });
  expect(openPorts(stack)).toEqual(['22 203.0.113.7/32']);
  const listed = await typed('access', 'list', 'api', '--format', 'json');
  expect(JSON.parse(listed.out)).toMatchObject([{ by: stack.session.requestedBy, reason: 'and again' }]);
  expect(await typed(...close)).toMatchObject({ code: exitCodes.done, note: '' });
  expect(openPorts(stack)).toEqual([]);
  const before = changes(stack).length;
  const again = await typed(...close);
  expect([again.code, again.out + again.note]).toEqual([
    exitCodes.done,
    expect.stringMatching(/closed|nothing/i),
  ]);
  expect(changes(stack)).toHaveLength(before);
});

test.each<[string, string[], number, RegExp]>([
  ['everybody', [...open, '--cidr', '0.0.0.0/0'], exitCodes.rejected, /is everybody.*--force/],
  ['a large block', [...open, '--cidr', '10.0.0.0/8'], exitCodes.rejected, /2\^24 addresses.*--force/],
  ['a group of others', [...open, '--group', 'sg-00000000000000abc'], exitCodes.rejected, /No instance of/],
  ['an address alone', [...open, '--cidr', '203.0.113.7'], exitCodes.usage, /give 203\.0\.113\.7\/32/],
  ['no address', [...close, '--cidr', 'x'], exitCodes.usage, /x is no block of addresses/],
  ['port 0', [...open, '--port', '0'], exitCodes.usage, /Expected a port from 1 to 65535/],
  ['no port', ['access', 'open', 'api', '--cidr', '203.0.113.7/32'], exitCodes.usage, /--port/],
  ['over a week', [...open, '--for', '200h'], exitCodes.usage, /week|604800/],
  ['no duration', [...open, '--for', 'long'], exitCodes.usage, /Expected a duration such as/],
  ['an empty reason', [...open, '--reason', ' '], exitCodes.usage, /Expected a reason/],
  ['an unknown application', ['access', 'open', 'apo', ...ssh], exitCodes.rejected, /"api"/],
  ['closing for an unknown one', ['access', 'close', 'apo', ...ssh], exitCodes.rejected, /"api"/],
  ['listing an unknown one', ['access', 'list', 'apo'], exitCodes.rejected, /"api"/],
  ['a misspelt option', [...open, '--forse'], exitCodes.usage, /Did you mean --for/],
])('The command refuses %s and touches nothing', async (_what, words, code, message) => {
  const { stack, typed } = await setUp();
  const answer = await typed(...words);
  expect([answer.code, answer.out]).toEqual([code, '']);
  expect(answer.note).toMatch(message);
  expect(changes(stack)).toEqual([]);
  expect(await switchesOf(stack)).toEqual([]);
});
