import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { haltDeployment } from '../../../lib/deployment/haltRequest';
import { now, settingsOf } from '../compensation/fakeContext';
import { withRecord } from './core';

const sns = mockClient(SNSClient);
const bus = mockClient(EventBridgeClient);
beforeEach(() => {
  sns.reset();
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [] });
  sns.on(PublishCommand).resolves({});
});

const input = { application: 'api', reason: 'wrong tag', by: 'ada' };
const asked = async (more: Parameters<typeof withRecord>[0] = {}, locked = true) => {
  const stack = await withRecord(more);
  const { core, record, run, wake } = stack;
  if (locked)
    await run(() =>
      core.locks.take({ fleet: 'web', owner: record.execution, deployment: record.deployment, now }),
    );
  const halt = (given: unknown = input) =>
    run(() =>
      haltDeployment(given, {
        core,
        wake,
        channels: {
          sns: new SNSClient({ region: 'eu-west-1' }),
          eventBridge: new EventBridgeClient({ region: 'eu-west-1' }),
        },
        readSettings: () => Promise.resolve({ settings: settingsOf() }),
      }),
    );
  return { ...stack, halt, lock: () => run(() => core.locks.read('web')) };
};

test('A running deployment is halted, its steps are woken, and a notification is sent', async () => {
  const { halt, lock, woken } = await asked();
  expect(await halt()).toMatchObject({ done: true, deployment: 'api-v2-1' });
  expect((await lock())?.halt).toEqual({ by: 'ada', reason: 'wrong tag' });
  expect(woken).toEqual(['api-v2-1']);
  expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
});

test('Of two requests to halt the first stands, with one notification', async () => {
  const { halt, lock } = await asked();
  await halt();
  expect(await halt({ ...input, by: 'bob' })).toMatchObject({
    done: true,
    message: 'api-v2-1 was halted by ada already: wrong tag',
  });
  expect((await lock())?.halt?.by).toBe('ada');
  expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
});

test.each<[string, Parameters<typeof asked>, RegExp]>([
  ['nothing runs', [{}, false], /Nothing runs on the fleet of api/],
  ['a rollback runs', [{ kind: 'rollback' }], /is a rollback.*forseti rollback api --to VERSION/],
  ['it is past its point of no return', [{ completedAt: now }], /point of no return.*forseti rollback api/],
])('Nothing is halted if %s, and the answer says what to do', async (_, given, message) => {
  const { halt, lock, woken } = await asked(...given);
  expect(await halt()).toMatchObject({ done: false, message: expect.stringMatching(message) as string });
  expect((await lock())?.halt).toBeUndefined();
  expect(woken).toEqual([]);
});

test('A malformed request is refused with all that is wrong', async () => {
  const { halt } = await asked();
  await expect(halt({ application: 'api', why: 'so' })).rejects.toMatchObject({
    name: 'InvalidRequest',
    problems: [
      expect.stringMatching(/^reason/),
      expect.stringMatching(/^by/),
      expect.stringMatching(/"why": not known/),
    ],
  });
});
