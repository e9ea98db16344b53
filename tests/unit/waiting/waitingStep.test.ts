import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient, TaskTimedOut } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import { applicationSchema } from '../../../lib/application/schema';
import { Table } from '../../../lib/aws/table';
import { makeCore } from '../../../lib/engine/core';
import { ProvisionFailed } from '../../../lib/engine/errors';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { type Progress, waitingStep, type WaitingEvent } from '../../../lib/engine/waiting/waitingStep';
import { type Pointer, type Wait, Waits, waitKey } from '../../../lib/engine/waiting/waits';
import { cloudWithTables, environment } from '../support/tables';

const sfn = mockClient(SFNClient);
const sqs = mockClient(SQSClient);
beforeEach(() => {
  sfn.reset();
  sqs.reset();
  sfn.on(SendTaskSuccessCommand).resolves({});
  sfn.on(SendTaskFailureCommand).resolves({});
  sqs.on(SendMessageCommand).resolves({});
});

const deployment = 'api-v2-0123456789ab';
const step = waitKey(deployment, 'BakeImage');
const record: DeploymentRecord = {
  deployment,
  item: 'record',
  kind: 'deployment',
  application: 'api',
  version: 'v2',
  strategy: 'deploy-and-snapshot',
  rollout: 'none',
  extraVars: {},
  execution: 'arn:execution',
  group: 'api-production',
  settings: applicationSchema.parse({
    group: 'api-production',
    provisioning: { source: { s3: 's3://tickets-ansible/playbooks.tar.gz' } },
  }),
  settingsVersion: 1,
  acceptedAt: Date.UTC(2026, 10, 22, 8),
};
const throttled = Object.assign(new Error('Rate exceeded'), { name: 'RequestLimitExceeded' });

/** A step on a cloud's tables. The test defines `reconcile`, and may change it. */
const stack = async (reconcile: () => Progress | Promise<Progress>) => {
  const { cloud, dynamodb } = cloudWithTables();
  let ids = 0;
  const core = makeCore(
    { environment, clock: () => cloud.now(), newId: () => `id-${String((ids += 1))}` },
    dynamodb,
  );
  const waits = new Waits(new Table<Wait | Pointer>(dynamodb, environment.tables.waits));
  const work = { reconcile };
  const handler = waitingStep(
    core,
    { dynamodb, sfn: new SFNClient({}), sqs: new SQSClient({}) },
    'BakeImage',
    async () => work.reconcile(),
  );
  await cloud.run(async () => {
    const { hold } = (await core.locks.take({
      fleet: record.group,
      owner: record.execution,
      deployment,
      now: cloud.now(),
    })) as { hold: { fence: number } };
    await core.records.create({ ...record, fence: hold.fence });
  });
  const call = (event: WaitingEvent) => cloud.run(() => handler(event, {}) as Promise<unknown>);
  return {
    cloud,
    core,
    waits,
    work,
    handler,
    start: (token = 'token-1') => call({ deployment, token, timeoutSeconds: 3_600 }),
    look: () => call({ look: step }),
    row: () => cloud.run(() => waits.find(step)),
    waitingFor: (resourceKey: string) => cloud.run(() => waits.waitingFor(resourceKey)),
  };
};
const waiting = (): Progress => ({ waitFor: ['image#ami-1'] });
const over = (): Progress => ({ over: { image: 'ami-1' } });

test('The token is parked before the step does anything', async () => {
  const stood = await stack(waiting);
  stood.work.reconcile = async () => {
    expect((await stood.waits.find(step))?.token).toBe('token-1');
    return waiting();
  };
  await stood.start();
  expect.assertions(1);
});

test('A step that is over at the first poll is answered at once, and nothing stays behind', async () => {
  const stood = await stack(over);
  await stood.start();
  expect(sfn).toHaveReceivedCommandWith(SendTaskSuccessCommand, {
    taskToken: 'token-1',
    output: '{"image":"ami-1"}',
  });
  expect(await stood.row()).toBeUndefined();
  expect(sqs).not.toHaveReceivedCommand(SendMessageCommand);
});

test('A step that is not over is polled again in 5 seconds, then 10, and by its event', async () => {
  const stood = await stack(waiting);
  await stood.start();
  await stood.look();
  expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input.DelaySeconds)).toEqual([
    5, 10,
  ]);
  expect(await stood.waitingFor('image#ami-1')).toEqual([
    { thing: 'image#ami-1', step, functionName: 'forseti-test-Step' },
  ]);
  expect(sfn).not.toHaveReceivedCommand(SendTaskSuccessCommand);
});

test('A new resource is polled as often as the first was, however long that took', async () => {
  const stood = await stack(waiting);
  await stood.start();
  for (let looks = 0; looks < 3; looks += 1) await stood.look();
  stood.work.reconcile = () => ({ waitFor: ['command#c-1'] });
  await stood.look();
  await stood.look();
  expect(sqs.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input.DelaySeconds)).toEqual([
    5, 10, 20, 40, 5, 10,
  ]);
});

test('A retry that finds the step being polled is polled when its own message comes', async () => {
  const stood = await stack(waiting);
  await stood.start();
  for (let looks = 0; looks < 6; looks += 1) await stood.look();
  const { cloud, waits } = stood;
  // Another worker's poll is under way when the machine tries again with a new token.
  const busy = { owner: 'other', now: cloud.now(), until: cloud.now() + 3_000 };
  await cloud.run(() => waits.lease(step, busy));
  await stood.start('token-2');
  await cloud.advance(5_000);
  stood.work.reconcile = over;
  await cloud.run(() => stood.handler({ look: step, scheduled: true }, {}) as Promise<unknown>);
  expect(sfn).toHaveReceivedCommandWith(SendTaskSuccessCommand, { taskToken: 'token-2' });
});

test('A poll that finds the step over answers the token first, and then deletes the row', async () => {
  const stood = await stack(waiting);
  await stood.start();
  stood.work.reconcile = over;
  let stoodWhenAnswered: string | undefined;
  sfn.on(SendTaskSuccessCommand).callsFake(async () => {
    stoodWhenAnswered = (await stood.waits.find(step))?.token;
    return {};
  });
  await stood.look();
  expect(stoodWhenAnswered).toBe('token-1');
  expect(await stood.row()).toBeUndefined();
  expect(await stood.waitingFor('image#ami-1')).toEqual([]);
});

test('A token that was answered already is no error, and its row is deleted', async () => {
  const stood = await stack(over);
  sfn.on(SendTaskSuccessCommand).rejects(new TaskTimedOut({ message: 'Task Timed Out', $metadata: {} }));
  await stood.start();
  expect(await stood.row()).toBeUndefined();
});

test('A death between answer and delete is harmless: the next poll answers again', async () => {
  const stood = await stack(waiting);
  await stood.start();
  stood.work.reconcile = over;
  sfn.on(SendTaskSuccessCommand).rejectsOnce(new Error('the sandbox died')).resolves({});
  await expect(stood.look()).rejects.toThrow('the sandbox died');
  await stood.cloud.advance(61_000);
  await stood.look();
  expect(sfn).toHaveReceivedCommandTimes(SendTaskSuccessCommand, 2);
  expect(await stood.row()).toBeUndefined();
});

test('A retry overwrites the token, and only the new one is answered', async () => {
  const stood = await stack(waiting);
  await stood.start('token-1');
  await stood.start('token-2');
  stood.work.reconcile = over;
  await stood.look();
  expect(sfn).toHaveReceivedCommandTimes(SendTaskSuccessCommand, 1);
  expect(sfn).toHaveReceivedCommandWith(SendTaskSuccessCommand, { taskToken: 'token-2' });
});

test('A poll with an old token does not delete a new one that a retry parked meanwhile', async () => {
  const stood = await stack(waiting);
  await stood.start('token-1');
  stood.work.reconcile = async () => {
    const lease = { owner: 'retry', now: stood.cloud.now(), until: stood.cloud.now() + 60_000 };
    await stood.waits.park(
      {
        deployment,
        state: 'BakeImage',
        token: 'token-2',
        functionName: 'forseti-test-Step',
        deadlineAt: 0,
        stallsAt: 1e15,
      },
      lease,
    );
    return over();
  };
  await stood.look();
  expect(sfn).toHaveReceivedCommandWith(SendTaskSuccessCommand, { taskToken: 'token-1' });
  expect((await stood.row())?.token).toBe('token-2');
  stood.work.reconcile = over;
  await stood.look();
  expect(sfn).toHaveReceivedCommandWith(SendTaskSuccessCommand, { taskToken: 'token-2' });
});

test('Two wake-ups at once never work at the same time; the second is made up for', async () => {
  const stood = await stack(waiting);
  await stood.start();
  let atOnce = 0;
  let most = 0;
  let looks = 0;
  stood.work.reconcile = async () => {
    atOnce += 1;
    looks += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setTimeout(resolve, 500));
    atOnce -= 1;
    return waiting();
  };
  await stood.cloud.run(() =>
    Promise.all([stood.handler({ look: step }, {}), stood.handler({ look: step }, {})]),
  );
  expect(most).toBe(1);
  expect(looks).toBe(2);
});

test('A poll message that a later one has replaced is ignored: each step has one chain of polls', async () => {
  const stood = await stack(waiting);
  await stood.start();
  stood.work.reconcile = over;
  await stood.cloud.advance(2_000);
  const early = { look: step, scheduled: true } as const;
  await stood.cloud.run(() => stood.handler(early, {}) as Promise<unknown>);
  expect(sfn).not.toHaveReceivedCommand(SendTaskSuccessCommand);
  await stood.cloud.advance(3_000);
  await stood.cloud.run(() => stood.handler(early, {}) as Promise<unknown>);
  expect(sfn).toHaveReceivedCommand(SendTaskSuccessCommand);
});

test('A poll for a step that is gone does nothing', async () => {
  const stood = await stack(over);
  await stood.look();
  expect(sfn.calls()).toHaveLength(0);
});

describe('A failure of a step', () => {
  test('A failure in the first poll is returned by the invocation itself, and noted in the record', async () => {
    const stood = await stack(() => {
      throw new ProvisionFailed('Ansible failed on i-1');
    });
    await expect(stood.start()).rejects.toMatchObject({ name: 'ProvisionFailed' });
    expect(await stood.row()).toBeUndefined();
    expect(sfn.calls()).toHaveLength(0);
    const found = await stood.cloud.run(() => stood.core.records.find(deployment));
    expect(found?.failure).toMatchObject({ state: 'BakeImage', error: 'ProvisionFailed' });
  });

  test('A failure in a later poll is answered with its name', async () => {
    const stood = await stack(waiting);
    await stood.start();
    stood.work.reconcile = () => {
      throw new ProvisionFailed('Ansible failed on i-1');
    };
    await stood.look();
    expect(sfn).toHaveReceivedCommandWith(SendTaskFailureCommand, {
      taskToken: 'token-1',
      error: 'ProvisionFailed',
      cause: 'Ansible failed on i-1',
    });
    expect(await stood.row()).toBeUndefined();
  });

  test('A transient error is tried again by the machine, under the name that its Retry knows', async () => {
    const stood = await stack(() => {
      throw throttled;
    });
    await expect(stood.start()).rejects.toMatchObject({ name: 'TransientError' });
    const found = await stood.cloud.run(() => stood.core.records.find(deployment));
    expect(found?.failure).toBeUndefined();
  });

  test('A transient error in a later poll costs one more poll; eight in a row are a failure', async () => {
    const stood = await stack(waiting);
    await stood.start();
    stood.work.reconcile = () => {
      throw throttled;
    };
    for (let count = 1; count < 8; count += 1) await stood.look();
    expect(sfn.calls()).toHaveLength(0);
    await stood.look();
    expect(sfn).toHaveReceivedCommandWith(SendTaskFailureCommand, {
      taskToken: 'token-1',
      error: 'TransientError',
    });
  });

  test('A poll that succeeds resets the count of transient errors', async () => {
    const stood = await stack(waiting);
    await stood.start();
    for (let count = 0; count < 20; count += 1) {
      stood.work.reconcile =
        count % 4 === 3
          ? waiting
          : () => {
              throw throttled;
            };
      await stood.look();
    }
    expect(sfn.calls()).toHaveLength(0);
  });
});

test('A step of a closed record ends at once and changes nothing: a redrive does not wake it', async () => {
  const stood = await stack(over);
  await stood.cloud.run(() => stood.core.records.set(deployment, { closedAt: 1, outcome: 'RolledBack' }));
  await expect(stood.start()).rejects.toMatchObject({ name: 'DeploymentClosed' });
});
