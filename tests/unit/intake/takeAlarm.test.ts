import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { Table } from '../../../lib/aws/table';
import type { Locks } from '../../../lib/engine/lock';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { releaseOf } from '../../../lib/engine/releases';
import { type AlarmItem, takeAlarm } from '../../../lib/intake/takeAlarm';
import { withRecord } from '../deployment/core';
import { environment } from '../support/tables';
import { now, settingsOf } from '../compensation/fakeContext';

const sfn = mockClient(SFNClient);
const sns = mockClient(SNSClient);
const bus = mockClient(EventBridgeClient);
beforeEach(() => {
  sfn.reset();
  sns.reset();
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [] });
  sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
  sfn.on(StartExecutionCommand).resolves({});
  sns.on(PublishCommand).resolves({});
});

const alarm = {
  arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:5xx',
  name: '5xx',
  changedAt: now,
  reason: '',
};
const settings = { applications: { api: settingsOf({ rollback: { alarms: ['5xx'] } }) } };

/** A deployment that holds the lock and observes; `meanwhile` happens just before the halt flag is written. */
const observing = async (
  more: Partial<DeploymentRecord>,
  meanwhile: (stack: Awaited<ReturnType<typeof withRecord>>) => Promise<void> = () => Promise.resolve(),
) => {
  const stack = await withRecord({ rollout: 'surge', bakedImage: 'ami-2', ...more });
  const { core, record, run, wake, dynamodb } = stack;
  const { deployment, execution: owner } = record;
  await run(() => core.locks.take({ fleet: 'web', owner, deployment, now: now - 1 }));
  const locks = Object.assign(Object.create(core.locks) as Locks, {
    halt: async (...given: Parameters<Locks['halt']>) => {
      await meanwhile(stack);
      return core.locks.halt(...given);
    },
  });
  const requests = new Table<AlarmItem>(dynamodb, environment.tables.requests);
  await run(() =>
    takeAlarm(alarm, settings, {
      core: { ...core, locks },
      requests,
      sfn: new SFNClient({ region: 'eu-west-1' }),
      channels: {
        sns: new SNSClient({ region: 'eu-west-1' }),
        eventBridge: new EventBridgeClient({ region: 'eu-west-1' }),
      },
      autoScaling: mockClient(AutoScalingClient) as unknown as AutoScalingClient,
      rollbackMachineArn: environment.rollbackMachineArn,
      wake,
    }),
  );
  const [item] = await run(() => requests.scan());
  return {
    act: item?.act,
    execution: item?.execution,
    halt: (await run(() => core.locks.read('web')))?.halt,
    states: (await run(() => core.releases.list('api'))).map(({ state }) => state),
    woken: stack.woken,
    started: sfn.commandCalls(StartExecutionCommand).length,
    told: sns.commandCalls(PublishCommand).length,
  };
};

test('A running deployment is halted by its name, its release is marked bad, and nothing else is started', async () => {
  expect(await observing({})).toMatchObject({
    act: 'halt',
    execution: undefined,
    halt: { by: 'alarm 5xx 2026-11-22T08:00:00.000Z' },
    states: ['bad'],
    woken: ['api-v2-1'],
    started: 0,
    told: 1,
  });
});

test('A release that is not made yet is not marked', async () => {
  expect(await observing({ bakedImage: undefined } as object)).toMatchObject({ act: 'halt', states: [] });
});

test('A deployment that succeeds in the same moment is rolled back as a release', async () => {
  const completes = async ({ core, record }: Awaited<ReturnType<typeof withRecord>>) => {
    await core.records.set(record.deployment, { completedAt: now });
    await core.releases.mark({
      ...releaseOf(record, now, 'bad'),
      markedBy: 'alarm 5xx 2026-11-22T08:00:00.000Z',
    });
  };
  const taken = await observing({}, completes);
  expect(taken).toMatchObject({ act: 'roll back', states: ['bad'], woken: [], started: 1 });
  expect(taken.execution).toMatch(/^api-rollback-[0-9a-f]{12}$/);
});

test('If another alarm halted the lock first, this one leaves it alone, and one notification is sent', async () => {
  const quicker = async ({ core, record }: Awaited<ReturnType<typeof withRecord>>) => {
    await core.locks.halt({ fleet: 'web', owner: record.execution }, { by: 'alarm other', reason: 'rang' });
  };
  expect(await observing({}, quicker)).toMatchObject({
    act: 'none',
    halt: { by: 'alarm other' },
    woken: [],
    started: 0,
    told: 0,
  });
});
