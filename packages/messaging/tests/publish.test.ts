import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { MemorySpool, publisher, type PublisherSettings, type Spool } from '../src';
import { makeClock } from './support';

const homeClient = new SQSClient({ region: 'eu-west-1' });
const standbyClient = new SQSClient({ region: 'eu-central-1' });
const home = mockClient(homeClient);
const standby = mockClient(standbyClient);
const destinations = [
  { region: 'eu-west-1', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/orders', client: homeClient },
  {
    region: 'eu-central-1',
    queueUrl: 'https://sqs.eu-central-1.amazonaws.com/1/orders',
    client: standbyClient,
  },
];
const down = (name = 'ServiceUnavailable') => Object.assign(new Error(`${name} it is`), { name });
const never = () => new AbortController().signal;

/** Time-outs that fire only when a test says so. */
const timers = () => {
  const controllers: AbortController[] = [];
  return {
    timeout: () => {
      const controller = new AbortController();
      controllers.push(controller);
      return controller.signal;
    },
    fire: (index: number) => {
      controllers[index]?.abort();
    },
  };
};

const make = (more: Partial<PublisherSettings> = {}) => {
  const clock = makeClock();
  let ids = 0;
  const made = publisher({
    destinations,
    clock: clock.now,
    newId: () => `minted-${String((ids += 1))}`,
    timeout: never,
    ...more,
  });
  return { clock, ...made, publish: made.publish.bind(made), send: made.send.bind(made), made };
};

beforeEach(() => {
  home.reset();
  standby.reset();
  home.on(SendMessageCommand).resolves({ MessageId: 'at-home' });
  standby.on(SendMessageCommand).resolves({ MessageId: 'at-standby' });
});

test('A publisher sends to home with an id of its own, and says so', async () => {
  const receipt = await make().publish({ body: 'hello', attributes: { kind: 'order' } });
  expect(receipt).toEqual({
    id: 'minted-1',
    spooled: false,
    region: 'eu-west-1',
    messageId: 'at-home',
    tries: [],
  });
  expect(home.commandCalls(SendMessageCommand)[0]?.args[0].input).toEqual({
    QueueUrl: destinations[0]?.queueUrl,
    MessageBody: 'hello',
    MessageAttributes: {
      kind: { DataType: 'String', StringValue: 'order' },
      ForsetiMessageId: { DataType: 'String', StringValue: 'minted-1' },
    },
  });
});

test('A publisher keeps the id that it is given', async () => {
  expect(await make().publish({ id: 'order-1', body: 'hello' })).toMatchObject({ id: 'order-1' });
});

test('A publisher sends to the standby under the same id when home fails', async () => {
  home.on(SendMessageCommand).rejects(down());
  const receipt = await make().publish({ body: 'hello' });
  expect(receipt).toMatchObject({
    id: 'minted-1',
    spooled: false,
    region: 'eu-central-1',
    tries: [{ where: 'eu-west-1', error: 'ServiceUnavailable' }],
  });
  expect(standby.commandCalls(SendMessageCommand)[0]?.args[0].input.MessageAttributes).toMatchObject({
    ForsetiMessageId: { StringValue: 'minted-1' },
  });
});

test('A publisher goes on to the standby when home does not answer in time', async () => {
  home.on(SendMessageCommand).callsFake(() => new Promise(() => undefined));
  const { timeout, fire } = timers();
  const sending = make({ timeout }).publish({ body: 'hello' });
  await Promise.resolve();
  await Promise.resolve();
  fire(0);
  expect(await sending).toMatchObject({
    region: 'eu-central-1',
    tries: [{ where: 'eu-west-1', error: 'TimeoutError' }],
  });
});

test('A publisher spools what no region takes, and says so', async () => {
  home.on(SendMessageCommand).rejects(down());
  standby.on(SendMessageCommand).rejects(down());
  const spool = new MemorySpool('table spool');
  const { publish, clock } = make({ spools: [spool] });
  expect(await publish({ body: 'hello' })).toMatchObject({
    id: 'minted-1',
    spooled: true,
    spool: 'table spool',
  });
  expect(await spool.list()).toEqual([
    { message: { id: 'minted-1', body: 'hello' }, spooledAt: clock.now() },
  ]);
});

test('A publisher tries the second spool when the first fails', async () => {
  home.on(SendMessageCommand).rejects(down());
  standby.on(SendMessageCommand).rejects(down());
  const broken: Spool = {
    name: 'broken',
    put: () => Promise.reject(down('InternalServerError')),
    list: async () => [],
    remove: async () => undefined,
  };
  expect(await make({ spools: [broken, new MemorySpool()] }).publish({ body: 'x' })).toMatchObject({
    spool: 'memory',
    tries: [{ where: 'eu-west-1' }, { where: 'eu-central-1' }, { where: 'broken' }],
  });
});

test('A publisher throws with the id and every try when nobody takes it: never silence', async () => {
  home.on(SendMessageCommand).rejects(down());
  standby.on(SendMessageCommand).rejects(down('AccessDenied'));
  await expect(make().publish({ body: 'hello' })).rejects.toMatchObject({
    name: 'MessageNotTaken',
    id: 'minted-1',
    tries: [
      { where: 'eu-west-1', error: 'ServiceUnavailable' },
      { where: 'eu-central-1', error: 'AccessDenied' },
    ],
  });
});

test('A publisher sends a replay never to a spool', async () => {
  home.on(SendMessageCommand).rejects(down());
  standby.on(SendMessageCommand).rejects(down());
  const spool = new MemorySpool();
  await expect(make({ spools: [spool] }).send({ body: 'hello' })).rejects.toMatchObject({
    name: 'MessageNotTaken',
  });
  expect(await spool.list()).toEqual([]);
});

test('A publisher stops asking a region that fails, probes it after a while, and comes home when it is well', async () => {
  home.on(SendMessageCommand).rejects(down());
  const { publish, clock, made } = make({ breaker: { failuresToOpen: 2, openMs: 5000 } });
  for (let count = 0; count < 4; count += 1)
    expect(await publish({ body: 'x' })).toMatchObject({ region: 'eu-central-1' });
  expect(home.commandCalls(SendMessageCommand)).toHaveLength(2);
  expect(made.circuits()).toEqual({ 'eu-west-1': 'open', 'eu-central-1': 'closed' });
  clock.pass(5000);
  home.on(SendMessageCommand).resolves({ MessageId: 'again' });
  expect(await publish({ body: 'x' })).toMatchObject({ region: 'eu-west-1', messageId: 'again' });
  expect(made.circuits()).toMatchObject({ 'eu-west-1': 'closed' });
});

test('A publisher asks even a region whose circuit is open before it gives up', async () => {
  home.on(SendMessageCommand).rejects(down());
  standby.on(SendMessageCommand).rejects(down());
  const { publish } = make({ breaker: { failuresToOpen: 1 } });
  await expect(publish({ body: 'x' })).rejects.toMatchObject({ name: 'MessageNotTaken' });
  standby.on(SendMessageCommand).resolves({ MessageId: 'back' });
  expect(await publish({ body: 'x' })).toMatchObject({ region: 'eu-central-1', messageId: 'back' });
});

test('A publisher refuses a message that SQS refuses, without blaming the region or asking another', async () => {
  home.on(SendMessageCommand).rejects(down('InvalidMessageContents'));
  const { publish, made } = make({ breaker: { failuresToOpen: 1 }, spools: [new MemorySpool()] });
  await expect(publish({ body: '\u0000' })).rejects.toMatchObject({ name: 'InvalidMessage' });
  expect(standby.commandCalls(SendMessageCommand)).toHaveLength(0);
  expect(made.circuits()).toMatchObject({ 'eu-west-1': 'closed' });
});

test('A publisher lists all that is wrong with a message before it asks anybody', async () => {
  const attributes = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`a${String(n)}`, 'v']));
  const sending = make().publish({ id: '', body: '', attributes: { ...attributes, a0: '' } });
  await expect(sending).rejects.toMatchObject({
    name: 'InvalidMessage',
    problems: [
      expect.stringContaining('body is empty'),
      expect.stringContaining('id is empty'),
      expect.stringContaining('11 attributes'),
      expect.stringContaining('attribute a0 is empty'),
    ],
  });
  expect(home.calls()).toHaveLength(0);
});

test('A publisher takes a message of 1 MiB with its attributes, and not a byte more', async () => {
  const { publish } = make();
  const overhead = 'ForsetiMessageId'.length + 'String'.length + 'id'.length;
  const body = 'x'.repeat(1_048_576 - overhead);
  expect(await publish({ id: 'id', body })).toMatchObject({ spooled: false });
  await expect(publish({ id: 'id', body: `${body}x` })).rejects.toMatchObject({
    problems: [expect.stringContaining('1048577 bytes')],
  });
});

test('A publisher gives a FIFO queue its group, and the id as deduplication id', async () => {
  const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/1/orders.fifo';
  const { publish } = make({ destinations: [{ region: 'eu-west-1', queueUrl, client: homeClient }] });
  await publish({ id: 'order 1', body: 'x', groupId: 'customer-7' });
  await publish({ id: 'order-2', body: 'x', groupId: 'customer-7' });
  const inputs = home.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
  expect(inputs[0]).toMatchObject({ MessageGroupId: 'customer-7' });
  // A blank is no character that SQS takes there.
  expect(inputs[0]?.MessageDeduplicationId).toMatch(/^[0-9a-f]{64}$/);
  expect(inputs[1]).toMatchObject({ MessageDeduplicationId: 'order-2' });
});

test('A publisher sends to the active region first, and notices a failover within seconds', async () => {
  let active = 'eu-central-1';
  let asked = 0;
  const activeRegion = {
    current: async () => {
      asked += 1;
      return active;
    },
  };
  const { publish, clock } = make({ activeRegion });
  expect(await publish({ body: 'x' })).toMatchObject({ region: 'eu-central-1' });
  active = 'eu-west-1';
  clock.pass(2999);
  expect(await publish({ body: 'x' })).toMatchObject({ region: 'eu-central-1' });
  clock.pass(1);
  expect(await publish({ body: 'x' })).toMatchObject({ region: 'eu-west-1' });
  expect(asked).toBe(2);
});

test('A publisher sends where it sent before while nobody can say which region is active', async () => {
  let broken = false;
  const activeRegion = {
    current: async () => {
      if (broken) throw down();
      return 'eu-central-1';
    },
  };
  const { publish, clock } = make({ activeRegion });
  await publish({ body: 'x' });
  broken = true;
  clock.pass(60_000);
  expect(await publish({ body: 'x' })).toMatchObject({ region: 'eu-central-1' });
});

test('A publisher does not wait for an active region that is not answered', async () => {
  const { timeout, fire } = timers();
  const activeRegion = { current: () => new Promise<string>(() => undefined) };
  const sending = make({ activeRegion, timeout }).publish({ body: 'x' });
  await Promise.resolve();
  fire(0);
  expect(await sending).toMatchObject({ region: 'eu-west-1' });
});

test('A publisher lists all settings that do not work', () => {
  const [first] = destinations;
  const settings = {
    destinations: [first!, first!],
    timeoutSeconds: 0,
    breaker: { failuresToOpen: 0, openMs: 0 },
    clock: () => 0,
    newId: () => '',
  };
  expect(() => publisher(settings)).toThrow(
    expect.objectContaining({
      name: 'InvalidMessagingSettings',
      problems: [
        expect.stringContaining('twice'),
        expect.stringContaining('timeoutSeconds'),
        expect.stringContaining('failuresToOpen'),
        expect.stringContaining('openMs'),
      ] as unknown,
    }) as Error,
  );
});
