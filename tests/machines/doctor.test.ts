import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AwsError, type CloudState } from '@forseti/embedded-cloud';
import { ask } from '../../cli/session/ask';
import { definedFunctions } from '../../cli/queries/health';
import { findQueue } from '../../cli/queries/queues';
import { SSMClient } from '@aws-sdk/client-ssm';
import { storeSettings } from '../../lib/application/store';
import { Table } from '../../lib/aws/table';
import type { HealthProblem } from '../../lib/health/facts';
import { type Wait, waitKey } from '../../lib/engine/waiting/waits';
import { refusedByIam } from './support/calls';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);
let saved: CloudState;
beforeAll(async () => {
  saved = (await startTestStack({ group: { instances: 2 } })).cloud.snapshot();
});

/** Calls the function with no input, as a person does in the console. */
const doctor = async ({
  session,
}: TestStack): Promise<{
  well: boolean;
  problems: readonly HealthProblem[];
  waysBack: readonly string[];
}> => ask(session, 'Doctor', {});

test('Doctor finds a new stack well, also while a deployment runs; its role is enough to see it', async () => {
  const stack = await startTestStack({ from: saved });
  const waysBack = [
    'api has no way back: v1 is its only version yet; the next deployment leaves it as the way back',
  ];
  expect(await doctor(stack)).toEqual({ well: true, problems: [], waysBack, notes: [] });
  await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(3 * 60_000);
  expect(await doctor(stack)).toMatchObject({ well: true, problems: [] });
  expect(refusedByIam(stack)).toEqual([]);
});

test('Doctor knows what the stack should have, as serverless.yml says', async () => {
  const stack = await startTestStack({ from: saved });
  const functions = stack.region.service('lambda').state.functions;
  const told = functions['forseti-production-Doctor']?.environment.STACK_FUNCTIONS?.split(' ') ?? [];
  expect(told.sort()).toEqual(
    definedFunctions(process.cwd())
      .map(({ name, reserves }) => name + (reserves ? '!' : ''))
      .sort(),
  );
  delete functions['forseti-production-Look'];
  const { well, problems } = await doctor(stack);
  expect(well).toBe(false);
  expect(problems[0]).toMatchObject({
    subject: 'stack',
    what: 'The stack lacks function forseti-production-Look.',
    mend: 'forseti install --region eu-west-1',
  });
});

test('Doctor reports a token that nothing can answer any more, and dead letters, each with its repair', async () => {
  const stack = await startTestStack({ from: saved });
  const at = stack.cloud.now() - 3_600_000;
  const step = waitKey('api-v2-gone', 'Rollout');
  const names = { thing: step, step, functionName: 'forseti-production-Rollout' };
  await new Table<Wait>(stack.session.connect(DynamoDBClient), stack.session.names.waitsTable).put({
    ...names,
    token: 'nobody',
    deployment: 'api-v2-gone',
    state: 'Rollout',
    deadlineAt: at,
    lookAt: at,
    looks: 1,
  });
  const { url } = await findQueue(stack.session, 'requests-dead');
  await stack.session
    .connect(SQSClient)
    .send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'poison' }));
  const { problems } = await doctor(stack);
  expect(problems.map(({ subject }) => subject).sort()).toEqual(['queues', 'waiting']);
  expect(problems.find(({ subject }) => subject === 'queues')?.mend).toContain(
    'forseti queue redrive requests',
  );
});

test('Doctor reports what it may not read, and never takes it for well', async () => {
  const stack = await startTestStack({ from: saved });
  delete stack.region.service('dynamodb').state.tables['forseti-production-waits'];
  const { well, problems } = await doctor(stack);
  expect(well).toBe(false);
  expect(problems.map(({ what }) => what).join()).toMatch(/What waits.*ResourceNotFound/);
});

test('Doctor tells of stored settings that apply would refuse today', async () => {
  const stack = await startTestStack({ from: saved });
  const source = { s3: 's3://acme-provisioning/api.tar.gz' };
  await stack.store({ provisioning: { source, playbook: './site.yml' } });
  const { problems } = await doctor(stack);
  expect(problems.map(({ subject, what }) => [subject, what])).toEqual([
    ['settings', expect.stringMatching(/settings of .*api.* not valid: .*playbook.*write "site\.yml"/s)],
  ]);
  const errors = { metric: 'RequestCount', threshold: 1 };
  const group = 'api';
  await storeSettings(stack.session.connect(SSMClient), stack.session.names.settingsPrefix, {
    applications: {
      api: { group, provisioning: { source }, scaling: { alarms: { 'v2-errors': errors } } },
      'api-v2': { group, provisioning: { source }, scaling: { alarms: { errors } } },
    },
  });
  const told = (await doctor(stack)).problems.map(({ what }) => what);
  expect(told).toContainEqual(expect.stringMatching(/would be the alarm forseti-STAGE-api-v2-errors/));
});

test('Doctor finds a test instance that outlived its deployment, and its role may look', async () => {
  const stack = await startTestStack({
    settings: { strategy: 'golden-instance', rollout: { strategy: 'none' } },
  });
  stack.cloud.faults = {
    call: ({ action, input }) =>
      action === 'TerminateInstances' && JSON.stringify(input).includes('i-') && isLate()
        ? { before: new AwsError('UnauthorizedOperation', 'Somebody forbade it.', { statusCode: 403 }) }
        : undefined,
  };
  const isLate = () =>
    Object.values(stack.region.service('ec2').state.instances).some(({ tags }) =>
      tags.Name?.startsWith('forseti test instance'),
    );
  const ended = await stack.deploy();
  expect(ended.outcome).toBe('Dirty');
  const { problems } = await doctor(stack);
  expect(problems.filter(({ subject }) => subject === 'instances').map(({ what }) => what)).toEqual([
    expect.stringMatching(/^Instance i-\w+ \(forseti test instance of api v2\) still runs/),
  ]);
});
