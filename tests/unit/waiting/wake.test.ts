import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import { readFileSync } from 'node:fs';
import { Table } from '../../../lib/aws/table';
import { wake } from '../../../lib/engine/waiting/wake';
import { type Pointer, type Wait, Waits, waitKey } from '../../../lib/engine/waiting/waits';
import { cloudWithTables, environment } from '../support/tables';

const lambda = mockClient(LambdaClient);
beforeEach(() => {
  lambda.reset();
  lambda.on(InvokeCommand).resolves({ StatusCode: 202 });
});

const step = waitKey('api-v2-0123456789ab', 'BakeImage');
const functionName = 'forseti-test-BakeImage';

const stack = async () => {
  const { cloud, dynamodb } = cloudWithTables();
  const waits = new Waits(new Table<Wait | Pointer>(dynamodb, environment.tables.waits));
  const now = cloud.now();
  await cloud.run(async () => {
    await waits.park(
      {
        deployment: 'api-v2-0123456789ab',
        state: 'BakeImage',
        token: 't',
        functionName,
        deadlineAt: now + 1e6,
        stallsAt: 1e15,
      },
      { owner: 'o', now, until: now + 60_000 },
    );
    await waits.rearm(step, 'o', { lookAt: now + 10_000, looks: 1, troubles: 0, things: ['image#ami-1'] });
    await waits.point(['image#ami-1'], step, functionName);
  });
  const tools = { waits, lambda: new LambdaClient({}) };
  return {
    wake: (body: unknown) => cloud.run(() => wake(JSON.stringify(body), tools)),
  };
};
const woken = () =>
  lambda.commandCalls(InvokeCommand).map(({ args: [{ input }] }) => ({
    function: input.FunctionName,
    type: input.InvocationType,
    payload: JSON.parse(new TextDecoder().decode(input.Payload as Uint8Array)) as unknown,
  }));
const woke = { function: functionName, type: 'Event', payload: { look: step } };

test('An event of a resource wakes the step that waits for it, under its own role', async () => {
  const { wake: send } = await stack();
  await send({ source: 'aws.ec2', detail: { ImageId: 'ami-1', State: 'available' } });
  expect(woken()).toEqual([woke]);
});

test('A poll message wakes the step that it names', async () => {
  const { wake: send } = await stack();
  await send({ look: step, functionName });
  expect(woken()).toEqual([{ ...woke, payload: { look: step, scheduled: true } }]);
});

test.each(['ec2-ami-available', 'ssm-command', 'instance-refresh-succeeded'])(
  'The sample event events/%s.json is about a resource that no step waits for here, and nothing happens',
  async (name) => {
    const { wake: send } = await stack();
    await send(JSON.parse(readFileSync(`events/${name}.json`, 'utf8')));
    expect(woken()).toEqual([]);
  },
);
