import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { readFileSync } from 'node:fs';
import { AwsError, functionUrlOf, outagesOf } from '@forseti/embedded-cloud';
import { Table } from '../../lib/aws/table';
import type { RegionItem } from '../../lib/failover/regionsTable';
import { fromGitHub, secret } from '../unit/intake/webhookExamples';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(120_000);

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;
const minute = 60_000;
const open = async () => {
  const stack = await startTestStack({
    group: { instances: 1 },
    cloud: { regions: [home, standby] },
    settings: { tags: { pattern: '^(simple-tag|v.*)$' } },
  });
  for (const region of [home, standby]) {
    const ssm = stack.cloud.connect(region)(SSMClient);
    const parameter = { Name: '/forseti/production/webhooks/github', Value: secret } as const;
    await stack.cloud.run(() => ssm.send(new PutParameterCommand({ ...parameter, Type: 'SecureString' })));
  }
  return stack;
};
const active = async ({ cloud }: TestStack, region: string): Promise<string | undefined> => {
  const table = new Table<RegionItem>(cloud.connect(region)(DynamoDBClient), 'forseti-production-regions');
  const found = await cloud.run(() => table.scan());
  return found.flatMap((item) => ('active' in item ? item.active : []))[0];
};
const deliver = async ({ cloud }: TestStack, region: string): Promise<number> => {
  const lambda = cloud.region(region).service('lambda');
  const { urlId = '' } = Object.values(lambda.state.urls ?? {})[0] ?? {};
  const request = { url: functionUrlOf(urlId, region), method: 'POST', ...fromGitHub() };
  return (await cloud.run(() => lambda.request(request))).status;
};
const started = ({ cloud }: TestStack, machine: string): number[] =>
  [home, standby].map(
    (region) =>
      Object.keys(cloud.region(region).service('states').state.executions).filter((arn) =>
        arn.includes(`-${machine}:`),
      ).length,
  );
const homeDown = (stack: TestStack, minutes: number): void => {
  const from = stack.cloud.now();
  stack.cloud.faults = outagesOf([{ region: home, from, until: from + minutes * minute }]);
};

test("A GitHub delivery that reaches both regions repeatedly is one deployment, in its fleet's region", async () => {
  const stack = await open();
  for (const region of [home, standby]) expect(await deliver(stack, region)).toBe(202);
  for (const region of [standby, home]) expect(await deliver(stack, region)).toBe(200);
  await stack.cloud.advance(3 * minute);
  expect(started(stack, 'deploy')).toEqual([1, 0]);
});

test('While home is down a delivery is taken in the standby, and is deployed once when home is back', async () => {
  const stack = await open();
  homeDown(stack, 20);
  expect(await deliver(stack, standby)).toBe(202);
  await stack.cloud.advance(19 * minute);
  expect(started(stack, 'deploy')).toEqual([0, 0]);
  await stack.cloud.advance(20 * minute);
  expect(await deliver(stack, home)).toBe(202);
  await stack.cloud.advance(2 * minute);
  expect(started(stack, 'deploy')).toEqual([1, 0]);
});

test("A rollback requested while its fleet's region is down is done once when it is back", async () => {
  const stack = await open();
  const asked = JSON.parse(readFileSync('events/rollback-requested.json', 'utf8')) as {
    readonly source: string;
    readonly 'detail-type': string;
    readonly detail: object;
  };
  homeDown(stack, 20);
  const detail = { ...asked.detail, requestKey: 'ticket-1' };
  stack.cloud.region(standby).publish({ source: asked.source, detailType: asked['detail-type'], detail });
  await stack.cloud.advance(19 * minute);
  expect(started(stack, 'rollback')).toEqual([0, 0]);
  await stack.cloud.advance(20 * minute);
  expect(started(stack, 'rollback')).toEqual([1, 0]);
});

test('Live regions that find each other down take the traffic from each other once, not every minute', async () => {
  const stack = await open();
  await stack.cloud.advance(2 * minute);
  const cut = new AwsError('ServiceUnavailable', 'cut', { statusCode: 503 });
  stack.cloud.faults = {
    call: ({ caller, region, service }) =>
      service === 'sqs' && caller.name.endsWith('-Probe') && !caller.arn.includes(region)
        ? { before: cut }
        : undefined,
  };
  const changes: (string | undefined)[] = [];
  for (let passed = 0; passed < 20; passed += 1) {
    await stack.cloud.advance(minute);
    const now = await active(stack, home);
    if (now !== changes.at(-1)) changes.push(now);
  }
  expect(changes.filter((one) => one !== undefined)).toEqual([standby]);
  stack.cloud.faults = {};
  await stack.cloud.advance(12 * minute);
  expect(await active(stack, standby)).toBe(home);
});

test('A home region that answers nothing, rather than refusing, is left within three minutes too', async () => {
  const stack = await open();
  await stack.cloud.advance(2 * minute);
  const from = stack.cloud.now();
  stack.cloud.faults = outagesOf([{ region: home, from, until: from + 20 * minute, manner: 'silent' }]);
  await stack.cloud.advance(3 * minute);
  expect(await active(stack, standby)).toBe(standby);
  // A tag that arrives there meanwhile is not lost, though home's settings cannot be read.
  expect(await deliver(stack, standby)).toBe(202);
  await stack.cloud.advance(17 * minute);
  expect(started(stack, 'deploy')).toEqual([0, 0]);
  await stack.cloud.advance(20 * minute);
  expect(started(stack, 'deploy')).toEqual([1, 0]);
});
