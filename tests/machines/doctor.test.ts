import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ask } from '../../cli/session/ask';
import { definedFunctions } from '../../cli/queries/health';
import { findQueue } from '../../cli/queries/queues';
import { Table } from '../../lib/aws/table';
import type { Problem } from '../../lib/health/facts';
import { type Wait, waitThing } from '../../lib/engine/waiting/waits';
import type { CloudState } from '../../packages/embedded-cloud/src/core/cloud';
import { refusedByIam } from './support/calls';
import { raise, type Stage } from './support/stage';

jest.setTimeout(60_000);
let saved: CloudState;
beforeAll(async () => {
  saved = (await raise({ group: { instances: 2 } })).cloud.snapshot();
});

/** As a person asks in the console: the function, with nothing. */
const doctor = async ({ session }: Stage): Promise<{ well: boolean; problems: readonly Problem[] }> =>
  ask(session, 'Doctor', {});

test('A new stack is well, also while a deployment runs; the role is enough to see it.', async () => {
  const stage = await raise({ from: saved });
  expect(await doctor(stage)).toEqual({ well: true, problems: [] });
  await stage.start({ application: 'api', version: 'v2' });
  await stage.cloud.advance(3 * 60_000);
  expect(await doctor(stage)).toEqual({ well: true, problems: [] });
  expect(refusedByIam(stage)).toEqual([]);
});

test('It knows what the stack should have, as serverless.yml says.', async () => {
  const stage = await raise({ from: saved });
  const functions = stage.region.service('lambda').state.functions;
  const told = functions['forseti-production-Doctor']?.environment.STACK_FUNCTIONS?.split(' ') ?? [];
  expect(told.sort()).toEqual(
    definedFunctions(process.cwd())
      .map(({ name, reserves }) => name + (reserves ? '!' : ''))
      .sort(),
  );
  delete functions['forseti-production-Look'];
  const { well, problems } = await doctor(stage);
  expect(well).toBe(false);
  expect(problems[0]).toMatchObject({
    subject: 'stack',
    what: 'The stack lacks function forseti-production-Look.',
    mend: 'npx serverless deploy --region eu-west-1 --stage production',
  });
});

test('A token that nobody can answer any more is told, with dead letters and what mends them.', async () => {
  const stage = await raise({ from: saved });
  const at = stage.cloud.now() - 3_600_000;
  const step = waitThing('api-v2-gone', 'Rollout');
  const names = { thing: step, step, functionName: 'forseti-production-Rollout' };
  await new Table<Wait>(stage.session.connect(DynamoDBClient), stage.session.names.waitsTable).put({
    ...names,
    token: 'nobody',
    deployment: 'api-v2-gone',
    state: 'Rollout',
    deadlineAt: at,
    lookAt: at,
    looks: 1,
  });
  const { url } = await findQueue(stage.session, 'requests-dead');
  await stage.session
    .connect(SQSClient)
    .send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'poison' }));
  const { problems } = await doctor(stage);
  expect(problems.map(({ subject }) => subject).sort()).toEqual(['queues', 'waiting']);
  expect(problems.find(({ subject }) => subject === 'queues')?.mend).toContain(
    'forseti queue redrive requests',
  );
});

test('What it may not look at is told, and never taken for well.', async () => {
  const stage = await raise({ from: saved });
  delete stage.region.service('dynamodb').state.tables['forseti-production-waits'];
  const { well, problems } = await doctor(stage);
  expect(well).toBe(false);
  expect(problems.map(({ what }) => what).join()).toMatch(/What waits.*ResourceNotFound/);
});
