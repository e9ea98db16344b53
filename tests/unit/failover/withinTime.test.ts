import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { backlogOf } from '../../../lib/failover/backlog';
import { probe } from '../../../lib/failover/probe';
import { withinTime } from '../../../lib/aws/withinTime';

const never = () => new Promise<never>(() => undefined);

test('Work that ends in time returns its result', async () => {
  const { signal } = new AbortController();
  await expect(withinTime(async () => 7, signal)).resolves.toBe(7);
  await expect(withinTime(() => Promise.reject(new Error('down')), signal)).rejects.toThrow('down');
});

test('Work that never ends is given up at the signal, also at one that fired before', async () => {
  const controller = new AbortController();
  const waiting = withinTime(never, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(withinTime(never, controller.signal)).rejects.toMatchObject({ name: 'TimeoutError' });
});

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

test('The backlog is what is in the queue and what is being worked on; if it cannot be read, it is not zero', async () => {
  const counts = { ApproximateNumberOfMessages: '3', ApproximateNumberOfMessagesNotVisible: '4' };
  sqs.on(GetQueueAttributesCommand).resolvesOnce({ Attributes: counts }).rejectsOnce(new Error('down'));
  expect(await backlogOf(new SQSClient({}), 'https://queue')).toBe(7);
  expect(await backlogOf(new SQSClient({}), 'https://queue')).toBeUndefined();
});

test('A probe reports a failure with its name, and a message that does not come', async () => {
  let now = 0;
  const tools = {
    sqs: new SQSClient({}),
    queueUrl: 'https://queue',
    clock: () => (now += 2_000),
    newId: () => 'id-1',
    timeout: () => new AbortController().signal,
  };
  sqs.rejectsOnce(Object.assign(new Error('no answer'), { name: 'TimeoutError' }));
  expect(await probe(tools)).toEqual({ well: false, failure: 'TimeoutError: no answer' });
  sqs.reset();
  // Any other message belongs to an earlier probe.
  sqs.resolves({ Messages: [{ Body: 'id-0', ReceiptHandle: 'r' }] });
  expect(await probe(tools)).toMatchObject({
    well: false,
    failure: expect.stringMatching(/did not come/) as string,
  });
});
