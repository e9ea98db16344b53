import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AwsError, outagesOf } from '@forseti/embedded-cloud';
import { Table } from '../../lib/aws/table';
import type { RegionItem } from '../../lib/failover/regionsTable';
import { told } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(120_000);

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;
const minute = 60_000;

const alarmOf = ({ cloud }: TestStack, region: string, name: string) =>
  cloud.region(region).service('cloudwatch').alarm(`forseti-production-${name}`);
const active = async ({ cloud }: TestStack, region: string): Promise<string | undefined> => {
  const table = new Table<RegionItem>(cloud.connect(region)(DynamoDBClient), 'forseti-production-regions');
  const found = await cloud.run(() => table.scan());
  return found.flatMap((item) => ('active' in item ? item.active : []))[0];
};

test("If the probe's own call is refused, the alarm on the probe alone fails over", async () => {
  const stack = await startTestStack({ group: { instances: 1 }, cloud: { regions: [home, standby] } });
  await stack.cloud.advance(2 * minute);
  const from = stack.cloud.now();
  stack.cloud.faults = {
    ...outagesOf([{ region: home, from, until: from + 10 * minute }]),
    call: ({ caller, action }) =>
      caller.name.endsWith('-Probe') && action === 'Invoke'
        ? { before: new AwsError('ServiceException', 'Lambda does not answer', { statusCode: 500 }) }
        : undefined,
  };
  await stack.cloud.advance(5 * minute);
  expect(alarmOf(stack, standby, 'probe')?.stateValue).toBe('ALARM');
  expect(await active(stack, standby)).toBe(standby);
});

test('A region that is cut off from both regions, and not only from the other, does not take over', async () => {
  const stack = await startTestStack({ group: { instances: 1 }, cloud: { regions: [home, standby] } });
  await stack.cloud.advance(2 * minute);
  stack.cloud.faults = {
    call: ({ caller, service }) =>
      caller.arn.includes(standby) && service === 'sqs'
        ? { before: new AwsError('ServiceUnavailable', 'No way out', { statusCode: 503 }) }
        : undefined,
  };
  await stack.cloud.advance(10 * minute);
  expect(await active(stack, home)).not.toBe(standby);
  // The alarm is raised all the same.
  expect(alarmOf(stack, standby, 'probe')?.stateValue).toBe('ALARM');
});

test.each(['requests-dead', 'alarms-dead', 'waiting-dead', 'events-dead'])(
  'A message in %s raises an alarm and pages; the alarm is over when it is gone',
  async (name) => {
    const stack = await startTestStack({ group: { instances: 1 } });
    const sqs = stack.region.service('sqs');
    sqs.send(sqs.queue(`forseti-production-${name}`)?.arn ?? '', '{}');
    await stack.cloud.advance(2 * minute);
    expect(alarmOf(stack, home, name)?.stateValue).toBe('ALARM');
    const pages = told(stack).filter(({ topic }) => topic === 'forseti-production-paging');
    expect(JSON.stringify(pages)).toContain(`forseti-production-${name}`);
    // It is no alarm of an application, and is not taken for one.
    expect(sqs.count('forseti-production-alarms')).toMatchObject({ visible: 0, notVisible: 0 });
    const queue = sqs.queue(`forseti-production-${name}`);
    if (queue) queue.messages = [];
    await stack.cloud.advance(3 * minute);
    expect(alarmOf(stack, home, name)?.stateValue).toBe('OK');
  },
);

test('Requests that wait for a quarter of an hour while their consumers are paused raise an alarm, and no sooner', async () => {
  const stack = await startTestStack({ group: { instances: 1 } });
  const sqs = stack.region.service('sqs');
  const { arn = '' } = sqs.queue('forseti-production-requests') ?? {};
  for (const { id } of sqs.mappings({ queueArn: arn })) sqs.updateMapping(id, { enabled: false });
  sqs.send(arn, '{}');
  await stack.cloud.advance(15 * minute);
  expect(alarmOf(stack, home, 'requests-old')?.stateValue).not.toBe('ALARM');
  await stack.cloud.advance(3 * minute);
  expect(alarmOf(stack, home, 'requests-old')?.stateValue).toBe('ALARM');
});
