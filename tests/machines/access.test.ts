import type { CloudState } from '@forseti/embedded-cloud';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { minuteMs } from './support/acts';
import { refusedByIam } from './support/calls';
import { told } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';
import { changesBy, dying, openPorts, switchesOf, turn } from './support/switches';

jest.setTimeout(60_000);

let saved: CloudState;
beforeAll(async () => {
  saved = (await startTestStack({ group: { instances: 2 } })).cloud.snapshot();
});
const stageWith = (options: TestStackOptions = {}): Promise<TestStack> =>
  startTestStack({ from: saved, ...options });

const ssh = { application: 'api', port: 22, cidr: '203.0.113.7/32', by: 'ada' };
const open = { ...ssh, forSeconds: 1_800, reason: 'looks at a log' };

test('An opened port has its requester and its end in its description, and closes by itself', async () => {
  const stack = await stageWith();
  const answer = await turn(stack, 'OpenAccess', open);
  expect(answer).toMatchObject({ done: true });
  expect(answer.message).toMatch(
    /^api: port 22 for 203\.0\.113\.7\/32: open until 2026-11-22T08:30:\d\dZ in sg-/,
  );
  expect(openPorts(stack)).toEqual(['22 203.0.113.7/32']);
  const [rule] = Object.values(stack.region.service('ec2').state.securityGroupRules ?? {});
  expect(rule?.description).toMatch(/^Forseti, ada until 2026-11-22T08:30:\d\dZ: looks at a log$/);
  await stack.cloud.advance(29 * minuteMs);
  expect(openPorts(stack)).toHaveLength(1);
  await stack.cloud.advance(2 * minuteMs);
  expect(openPorts(stack)).toEqual([]);
  expect(await switchesOf(stack)).toMatchObject([
    { kind: 'access', by: 'ada', reason: 'looks at a log', offBy: 'its end' },
  ]);
  expect(told(stack).map(({ subject }) => subject)).toEqual([
    expect.stringContaining('an opening of api is on'),
    expect.stringContaining('an opening of api is off'),
  ]);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A port that is opened twice is open until the later end, and is closed once', async () => {
  const stack = await stageWith();
  await turn(stack, 'OpenAccess', open);
  const again = await turn(stack, 'OpenAccess', { ...open, forSeconds: 3_600, by: 'bob' });
  expect(again.message).toMatch(/open until 2026-11-22T09:00.*by bob\. It was open already, since/);
  expect(openPorts(stack)).toHaveLength(1);
  await stack.cloud.advance(45 * minuteMs);
  expect(openPorts(stack)).toHaveLength(1);
  await stack.cloud.advance(20 * minuteMs);
  expect(openPorts(stack)).toEqual([]);
  expect(changesBy(stack)).toEqual(['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress']);
});

test('A shorter opening does not end a longer one before its time', async () => {
  const stack = await stageWith();
  await turn(stack, 'OpenAccess', { ...open, forSeconds: 3_600 });
  const again = await turn(stack, 'OpenAccess', { ...open, forSeconds: 60 });
  expect(again.message).toMatch(/open until 2026-11-22T09:00/);
  await stack.cloud.advance(10 * minuteMs);
  expect(openPorts(stack)).toHaveLength(1);
});

test('A port that is closed by hand closes at once; a second close and the wait find nothing to do', async () => {
  const stack = await stageWith();
  await turn(stack, 'OpenAccess', open);
  expect(await turn(stack, 'CloseAccess', { ...ssh, by: 'bob' })).toMatchObject({
    done: true,
    message: 'api: port 22 for 203.0.113.7/32: off.',
  });
  expect(openPorts(stack)).toEqual([]);
  expect((await turn(stack, 'CloseAccess', ssh)).message).toMatch(/Forseti has not opened port 22/);
  await turn(stack, 'OpenAccess', { ...open, forSeconds: 7_200 });
  await stack.cloud.advance(40 * minuteMs);
  expect(openPorts(stack)).toHaveLength(1);
  expect((await switchesOf(stack)).map(({ offBy }) => offBy)).toEqual([undefined, 'bob']);
});

test.each([
  ['dies twice before it removes it', 'before', 2],
  ['dies twice after it removed it', 'after', 2],
  ['never answers twice', 'hang', 2],
] as const)(
  'A port is closed after its time although the function that closes it %s',
  async (_how, how, times) => {
    const { faults, died } = dying('CloseAccess', times, how);
    const stack = await stageWith({ faults });
    await turn(stack, 'OpenAccess', open);
    await stack.cloud.advance(40 * minuteMs);
    expect(openPorts(stack)).toEqual([]);
    expect(await switchesOf(stack)).toMatchObject([{ offBy: 'its end' }]);
    expect(died()).toBe(2);
  },
);

test('A port is closed after its time although its machine was stopped: the sweep starts another', async () => {
  const stack = await stageWith();
  await turn(stack, 'OpenAccess', open);
  const [waiting] = await stack.executionArns(stack.session.names.switchOffMachineArn);
  await stack.stop(waiting ?? '');
  await stack.cloud.advance(33 * minuteMs);
  expect(openPorts(stack)).toEqual([]);
});

test('An opening that a newer version wrote stays, is refused by name, and keeps no other one open', async () => {
  const stack = await stageWith();
  const newer = await turn(stack, 'OpenAccess', open);
  await turn(stack, 'OpenAccess', { ...open, cidr: '203.0.113.8/32' });
  await stack.dynamodb.send(
    new UpdateItemCommand({
      TableName: 'forseti-production-switches',
      Key: { application: { S: 'api' }, switch: { S: newer.switch?.switch ?? '' } },
      UpdateExpression: 'SET #format = :format',
      ExpressionAttributeNames: { '#format': 'format' },
      ExpressionAttributeValues: { ':format': { N: '2' } },
    }),
  );
  for (const execution of await stack.executionArns(stack.session.names.switchOffMachineArn))
    await stack.stop(execution);
  await stack.cloud.advance(33 * minuteMs);
  expect(openPorts(stack)).toEqual(['22 203.0.113.7/32']);
  expect(await turn(stack, 'OpenAccess', open)).toMatchObject({
    errorType: 'UnreadableSwitch',
    errorMessage: expect.stringMatching(/written in format 2.*Deploy the newer version/) as string,
  });
});

test('A port is closed after its time although the function that opened it died before it could answer', async () => {
  const { faults } = dying('OpenAccess', 1, 'after');
  const stack = await stageWith({ faults });
  expect(await turn(stack, 'OpenAccess', open)).toHaveProperty('errorType');
  expect(openPorts(stack)).toHaveLength(1);
  // The second try adopts the rule.
  expect(await turn(stack, 'OpenAccess', open)).toMatchObject({ done: true });
  await stack.cloud.advance(33 * minuteMs);
  expect(openPorts(stack)).toEqual([]);
  expect(changesBy(stack)).toEqual(['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress']);
});

test('If closing fails again and again, a notification goes out, and the port is closed as soon as it can be', async () => {
  let broken = true;
  const stack = await stageWith({
    faults: {
      invocation: ({ functionName }) =>
        broken && functionName.endsWith('-CloseAccess') ? 'before' : undefined,
    },
  });
  await turn(stack, 'OpenAccess', open);
  await stack.cloud.advance(150 * minuteMs);
  expect(openPorts(stack)).toHaveLength(1);
  const stuck = told(stack).filter(({ subject }) => /does not end/.test(subject));
  expect(new Set(stuck.map(({ message }) => message)).size).toBe(1);
  broken = false;
  await stack.cloud.advance(22 * minuteMs);
  expect(openPorts(stack)).toEqual([]);
});

describe('Rules that Forseti did not make', () => {
  const strangersRule = { port: 22, cidr: '203.0.113.7/32', description: 'office' };
  const withRule = (stack: TestStack): void => {
    const { state } = stack.region.service('ec2');
    const [groupId = ''] = Object.keys(state.securityGroups);
    state.securityGroupRules = {
      'sgr-0123456789abcdef0': {
        id: 'sgr-0123456789abcdef0',
        groupId,
        protocol: 'tcp',
        fromPort: strangersRule.port,
        toPort: strangersRule.port,
        cidrIpv4: strangersRule.cidr,
        description: strangersRule.description,
        tags: {},
      },
    };
  };

  test('A rule of another tool is reported, is not taken over, and is never removed', async () => {
    const stack = await stageWith();
    withRule(stack);
    const answer = await turn(stack, 'OpenAccess', open);
    expect(answer).toMatchObject({ done: false });
    expect(answer.message).toMatch(
      /open already by rule sgr-0123456789abcdef0 \("office"\), which Forseti did not make/,
    );
    await turn(stack, 'CloseAccess', ssh);
    await stack.cloud.advance(40 * minuteMs);
    expect(openPorts(stack)).toHaveLength(1);
  });

  test('A rule that another tool put in the place of ours stays', async () => {
    const stack = await stageWith();
    await turn(stack, 'OpenAccess', open);
    withRule(stack);
    await stack.cloud.advance(40 * minuteMs);
    expect(openPorts(stack)).toHaveLength(1);
    expect((await switchesOf(stack))[0]?.note).toMatch(/was gone, or not Forseti's any more/);
  });
});

test.each([
  [{ cidr: '0.0.0.0/0' }, /0\.0\.0\.0\/0 is everybody.*--force/],
  [{ cidr: '::/0' }, /::\/0 is everybody/],
  [{ cidr: '10.0.0.0/8' }, /10\.0\.0\.0\/8 is 2\^24 addresses/],
  [
    { securityGroup: 'sg-00000000000000abc' },
    /No instance of the fleet has security group sg-00000000000000abc/,
  ],
])('An opening with %j is refused, and nothing is touched', async (more, message) => {
  const stack = await stageWith();
  const answer = await turn(stack, 'OpenAccess', { ...open, ...more });
  expect(answer.done).toBe(false);
  expect(answer.message).toMatch(message);
  expect(changesBy(stack)).toEqual([]);
  expect(await switchesOf(stack)).toEqual([]);
});

test('Bad input is refused with everything that is wrong with it', async () => {
  const stack = await stageWith();
  const answer = await turn(stack, 'OpenAccess', { ...open, cidr: '203.0.113.7', port: 70_000 });
  expect(answer.errorType).toBe('InvalidRequest');
  expect(answer.errorMessage).toMatch(/for this one address give 203\.0\.113\.7\/32/);
  expect(answer.errorMessage).toMatch(/port/);
});

test('A port is opened to everybody if the request says so', async () => {
  const stack = await stageWith();
  expect(await turn(stack, 'OpenAccess', { ...open, cidr: '0.0.0.0/0', force: true })).toMatchObject({
    done: true,
  });
  expect(openPorts(stack)).toEqual(['22 0.0.0.0/0']);
});

test('If there are several security groups, the request has to name one', async () => {
  const stack = await stageWith();
  const { state } = stack.region.service('ec2');
  state.securityGroups['sg-0123456789abcdef0'] = {
    ...(Object.values(state.securityGroups)[0] as never as { vpcId: string }),
    id: 'sg-0123456789abcdef0',
    name: 'admin',
    description: 'admin',
    tags: {},
  };
  for (const { id } of Object.values(state.instances))
    stack.instance(id).securityGroupIds.push('sg-0123456789abcdef0');
  expect((await turn(stack, 'OpenAccess', open)).message).toMatch(
    /several security groups; name one with --group: sg-.* \(default\), sg-0123456789abcdef0 \(admin\)/,
  );
  const named = await turn(stack, 'OpenAccess', { ...open, securityGroup: 'sg-0123456789abcdef0' });
  expect(named).toMatchObject({ done: true });
});
