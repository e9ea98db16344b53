import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Cloud } from '@forseti/embedded-cloud';
import { Table } from '../../../lib/aws/table';
import { act } from '../../../lib/failover/act';
import { type FailoverTools, decideRegion } from '../../../lib/failover/decideRegion';
import { regionsOf } from '../../../lib/failover/regions';
import { probeName, type RegionItem, RegionsTable } from '../../../lib/failover/regionsTable';

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;
const minute = 60_000;

/** A region with its table of regions, its probes of the other region, and a clock that the test moves. */
const viewFrom = async (here: string, theStandby: string = standby) => {
  const cloud = Cloud.make();
  const dynamodb = cloud.connect(cloud.home)(DynamoDBClient);
  await cloud.run(() =>
    dynamodb.send(
      new CreateTableCommand({
        TableName: 'regions',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
      }),
    ),
  );
  const regions = regionsOf(home, theStandby, here);
  const table = new RegionsTable(new Table<RegionItem>(dynamodb, 'regions'), regions);
  let now = cloud.now();
  const facts: { backlog: number | undefined } = { backlog: 0 };
  const tools: FailoverTools = { regions, table, clock: () => now, backlog: async () => facts.backlog };
  return {
    facts,
    table,
    tools,
    pass: (ms: number) => {
      now += ms;
    },
    probed: (bad: number, good: number) =>
      cloud.run(() =>
        table.putProbe({ name: probeName(regions.other ?? ''), from: here, at: now, bad, good }),
      ),
    act: (what: 'failover' | 'failback', input: unknown, more: Partial<FailoverTools> = {}) =>
      cloud.run(() => act(what, input, { ...tools, ...more })),
    judge: () => cloud.run(() => decideRegion(tools)),
  };
};

const issue = (region: string, more: object = {}) => ({
  source: 'aws.health',
  region,
  detail: { eventTypeCategory: 'issue', statusCode: 'open', ...more },
});

test('A region decides by its probes, whoever asks: one bad probe changes nothing, two make the standby active', async () => {
  const view = await viewFrom(standby);
  await view.probed(1, 0);
  expect(await view.act('failover', { why: 'the alarm rang' })).toMatchObject({ done: false, active: home });
  await view.probed(2, 0);
  expect(await view.act('failover', { why: 'the alarm rang' })).toMatchObject({
    done: true,
    active: standby,
    last: { by: 'probe' },
  });
  expect(await view.act('failover', {})).toMatchObject({ done: false, active: standby });
});

test.each([
  ['of the other region, with a bad probe', issue(home), 1, true],
  ['of the other region, reported by the backup region', issue('us-west-2', { eventRegion: home }), 1, true],
  ['of the other region, without a bad probe', issue(home), 0, false],
  ['that is over', issue(home, { statusCode: 'closed' }), 1, false],
  ['of this region', issue(standby), 1, false],
])('An issue in AWS Health %s is judged', async (_, event, bad, moves) => {
  const view = await viewFrom(standby);
  await view.probed(bad, bad === 0 ? 3 : 0);
  expect(await view.act('failover', event)).toMatchObject({ done: moves, active: moves ? standby : home });
});

test('A region that a person set stays in spite of all probes, until a failback', async () => {
  const view = await viewFrom(standby);
  await view.act('failover', { by: 'dana', reason: 'an exercise' });
  await view.probed(0, 100);
  view.pass(600 * minute);
  expect(await view.judge()).toMatchObject({ act: 'none', why: expect.stringContaining('dana') as string });
  expect(await view.act('failback', { why: 'the probe' })).toMatchObject({ done: false, active: standby });
  const back = await view.act('failback', { by: 'dana', reason: 'it is over' });
  expect(back).toMatchObject({ done: true, active: home });
  expect(back.last).not.toHaveProperty('pinned');
});

test('With auto the failback is left to the probes: after the minimal stay, and when home is drained', async () => {
  const view = await viewFrom(standby);
  await view.act('failover', { by: 'dana', reason: 'an exercise', auto: true });
  await view.probed(0, 5);
  expect(await view.judge()).toMatchObject({ act: 'none' });
  view.pass(10 * minute);
  await view.probed(0, 5);
  view.facts.backlog = 3;
  expect(await view.judge()).toMatchObject({ act: 'none' });
  view.facts.backlog = undefined;
  expect(await view.judge()).toMatchObject({ act: 'none' });
  view.facts.backlog = 0;
  expect(await view.judge()).toMatchObject({ act: 'failback' });
  expect(await view.act('failback', {})).toMatchObject({ done: true, active: home });
});

test('Of two changes at once, the slower one changes nothing and says so', async () => {
  const view = await viewFrom(standby);
  await view.act('failover', { by: 'dana', reason: 'first' });
  const stale = Object.create(view.table, { active: { value: async () => undefined } }) as RegionsTable;
  const slow = await view.act('failback', { by: 'kim', reason: 'second' }, { table: stale });
  expect(slow).toMatchObject({ done: false, message: expect.stringContaining('quicker') as string });
  expect(await view.act('failover', { status: true })).toMatchObject({
    active: standby,
    last: { by: 'dana', reason: 'first' },
  });
});

test('Without a standby nothing is changed; a request without a reason is refused', async () => {
  const alone = await viewFrom(home, '');
  expect(await alone.act('failover', { by: 'dana', reason: 'x' })).toMatchObject({
    done: false,
    active: home,
  });
  expect(await alone.judge()).toMatchObject({ act: 'none' });
  const view = await viewFrom(standby);
  await expect(view.act('failover', { by: 'dana' })).rejects.toMatchObject({ name: 'InvalidRequest' });
  expect(await view.act('failback', { status: true })).toMatchObject({
    done: true,
    active: home,
    probes: [],
  });
});

test("If a person sets the region between the probe's read and its write, the probe writes nothing", async () => {
  const view = await viewFrom(standby);
  await view.probed(2, 0);
  const { table } = view;
  const pinning = new Proxy(table, {
    get: (target, name, receiver) =>
      name === 'setActive'
        ? async (...given: Parameters<RegionsTable['setActive']>) => {
            await target.setActive(
              { name: 'requests', active: home, since: 1, by: 'ada', reason: 'stay', pinned: true },
              undefined,
            );
            return target.setActive(...given);
          }
        : (Reflect.get(target, name, receiver) as unknown),
  });
  expect(await view.act('failover', {}, { table: pinning })).toMatchObject({
    done: false,
    active: home,
    last: { by: 'ada', pinned: true },
  });
});

test('Home can be set by hand, too, whatever the probes find', async () => {
  const view = await viewFrom(standby);
  await view.act('failback', { by: 'ada', reason: 'stay', pin: true });
  await view.probed(9, 0);
  expect(await view.act('failover', {})).toMatchObject({ done: false, active: home });
  await view.act('failback', { by: 'ada', reason: 'as you find' });
  expect(await view.act('failover', {})).toMatchObject({ done: true, active: standby });
});

test('Probes of yesterday do not count today', async () => {
  const view = await viewFrom(standby);
  await view.probed(5, 0);
  view.pass(10 * minute);
  expect(await view.act('failover', issue(home))).toMatchObject({
    done: false,
    message: expect.stringContaining('too old to count') as string,
  });
});
