import { eachRecord, type SqsRecord } from '../src';
import { fifoRecord, gate, record } from './support';

/** Works on messages, of which those named in `failing` fail. */
const take = async (records: readonly SqsRecord[], failing: readonly string[]) => {
  const taken: string[] = [];
  const failures: [string, unknown][] = [];
  const answer = await eachRecord(
    { Records: records },
    async ({ messageId }) => {
      taken.push(messageId);
      if (failing.includes(messageId)) throw new Error(`${messageId} is torn`);
    },
    ({ messageId }, error) => failures.push([messageId, error]),
  );
  return { taken, failures, failed: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
};

test('A message that fails comes again alone, and the failure is reported with its message', async () => {
  const { taken, failures, failed } = await take([record('a'), record('b'), record('c')], ['sqs-b']);
  expect(taken).toEqual(['sqs-a', 'sqs-b', 'sqs-c']);
  expect(failed).toEqual(['sqs-b']);
  expect(failures).toEqual([['sqs-b', new Error('sqs-b is torn')]]);
});

test('All messages of a standard queue are worked on at once, doubles among them', async () => {
  const { opened, open } = gate();
  let begun = 0;
  const records = [record('a'), record('b'), { ...record('a'), messageId: 'sqs-again' }];
  const answering = eachRecord(
    { Records: records },
    async () => {
      begun += 1;
      if (begun === records.length) open();
      await opened;
    },
    () => undefined,
  );
  expect(await answering).toEqual({ batchItemFailures: [] });
});

test('Behind a failed message of a FIFO group the rest of the group waits, and other groups do not', async () => {
  const records = [fifoRecord('a', 'one'), fifoRecord('b', 'one'), fifoRecord('c', 'two')];
  const { taken, failures, failed } = await take(records, ['sqs-a']);
  expect(taken).toEqual(['sqs-a', 'sqs-c']);
  expect(failed).toEqual(['sqs-a', 'sqs-b']);
  expect(failures[1]).toEqual(['sqs-b', expect.objectContaining({ name: 'GroupHeld' })]);
});
