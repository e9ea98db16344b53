import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readFileSync } from 'node:fs';
import { type OutagePlan, outagesOf } from '@forseti/embedded-cloud';
import { drill } from '../../cli/actions/drill';
import { changeActiveRegion } from '../../cli/actions/changeActiveRegion';
import { regionsSeen } from '../../cli/queries/regions';
import { storeSettings } from '../../lib/application/store';
import type { DeploymentRecord } from '../../lib/engine/record';
import { Table } from '../../lib/aws/table';
import type { RegionItem } from '../../lib/failover/regionsTable';
import type { RequestItem } from '../../lib/intake/intake';
import { startTestStack, type TestStack } from './support/testStack';

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;
const minute = 60_000;
const two = { group: { instances: 1 }, cloud: { regions: [home, standby] } };

const down = ({ cloud }: TestStack, plans: readonly OutagePlan[]): void => {
  cloud.faults = { ...cloud.faults, ...outagesOf(plans) };
};
const items = async <Item extends object>(
  { cloud }: TestStack,
  region: string,
  name: string,
): Promise<Item[]> => {
  const table = new Table<Item>(cloud.connect(region)(DynamoDBClient), `forseti-production-${name}`);
  let found: Item[] = [];
  await cloud.run(async () => {
    found = await table.scan();
  });
  return found;
};
const active = async (stack: TestStack, region: string): Promise<string | undefined> => {
  const found = await items<RegionItem>(stack, region, 'regions');
  return found.flatMap((item) => ('active' in item ? item.active : []))[0];
};
/** How long it takes, in virtual milliseconds, until the copy of `region` names `wanted`. */
const until = async (stack: TestStack, region: string, wanted: string): Promise<number> => {
  const from = stack.cloud.now();
  while ((await active(stack, region)) !== wanted) {
    if (stack.cloud.now() - from > 60 * minute)
      throw new Error(`${wanted} has not become active in an hour.`);
    await stack.cloud.advance(1_000);
  }
  return stack.cloud.now() - from;
};
const push = ({ cloud }: TestStack, region: string): void => {
  const sample = JSON.parse(readFileSync('events/git-tag-pushed.json', 'utf8')) as Record<string, string>;
  const { source = '', 'detail-type': detailType = '', detail } = sample;
  cloud.region(region).publish({ source, detailType, detail });
};
const executions = ({ cloud }: TestStack, region: string): number =>
  Object.keys(cloud.region(region).service('states').state.executions).filter((arn) =>
    arn.includes('-deploy:'),
  ).length;

test('One template is installed in both regions, and their roles do not overwrite each other', async () => {
  const stack = await startTestStack(two);
  for (const region of [home, standby]) {
    const { functions } = stack.cloud.region(region).service('lambda').state;
    expect(Object.keys(functions)).toContain('forseti-production-Failover');
    for (const { roleArn } of Object.values(functions)) expect(roleArn).toContain(region);
  }
});

test('A home region that is down is left within three minutes, and comes back when it is well and has stayed so', async () => {
  const stack = await startTestStack(two);
  await stack.cloud.advance(5 * minute);
  expect(await active(stack, standby)).toBeUndefined();
  const from = stack.cloud.now();
  down(stack, [{ region: home, from, until: from + 15 * minute }]);
  expect(await until(stack, standby, standby)).toBeLessThan(3 * minute);
  await stack.cloud.advance(from + 15 * minute - stack.cloud.now());
  const back = await until(stack, standby, home);
  expect(back).toBeGreaterThan(4 * minute);
  expect(back).toBeLessThan(10 * minute);
  await stack.cloud.advance(minute);
  expect(await active(stack, home)).toBe(home);
}, 60_000);

test('An outage of the standby changes nothing while home is active', async () => {
  const stack = await startTestStack(two);
  const from = stack.cloud.now();
  down(stack, [{ region: standby, from, until: from + 20 * minute }]);
  await stack.cloud.advance(20 * minute);
  expect(await active(stack, home)).toBeUndefined();
}, 60_000);

test('No call of the three functions is refused, through an outage and back', async () => {
  const stack = await startTestStack(two);
  const from = stack.cloud.now();
  down(stack, [{ region: home, from, until: from + 5 * minute }]);
  await stack.cloud.advance(30 * minute);
  const refused = stack.cloud.calls.list.filter(
    ({ caller, error }) =>
      /-(Probe|Failover|Failback)$/.test(caller) && /AccessDenied|not authorized/.test(String(error)),
  );
  expect(refused).toEqual([]);
  expect(await active(stack, standby)).toBe(home);
}, 60_000);

test("A tag that the standby takes starts the machine in the fleet's region, once, though both regions get it", async () => {
  const stack = await startTestStack(two);
  push(stack, standby);
  push(stack, home);
  await stack.cloud.advance(2 * minute);
  expect([executions(stack, home), executions(stack, standby)]).toEqual([1, 0]);
  expect(
    (await items<RequestItem>(stack, home, 'requests')).filter(({ execution }) => execution),
  ).toHaveLength(1);
});

test('A fleet of the standby is deployed there, whichever region takes its tag', async () => {
  const stack = await startTestStack(two);
  const ssm = stack.cloud.connect(standby)(SSMClient);
  await stack.cloud.run(async () => {
    await storeSettings(ssm, '/forseti/production/applications', {
      applications: { web: { group: 'web', provisioning: { source: { s3: 's3://acme/web.tar.gz' } } } },
    });
  });
  push(stack, home);
  await stack.cloud.advance(2 * minute);
  expect([executions(stack, home), executions(stack, standby)]).toEqual([1, 1]);
  // The standby has no such fleet. Its own functions found that out under their own roles.
  const records = await items<DeploymentRecord>(stack, standby, 'deployments');
  expect(records.find(({ item }) => item === 'record')).toMatchObject({
    application: 'web',
    outcome: 'Rejected',
    failure: { state: 'Preflight' },
  });
});

test('A tag that comes while home is down waits in the standby, and is deployed once when home is back', async () => {
  const stack = await startTestStack(two);
  const from = stack.cloud.now();
  down(stack, [{ region: home, from, until: from + 90 * minute }]);
  push(stack, standby);
  await stack.cloud.advance(55 * minute);
  const pages = () =>
    stack.cloud
      .region(standby)
      .service('sns')
      .state.published.filter(({ subject }) => /waits for a region/.test(subject ?? ''));
  expect(pages()).toHaveLength(0);
  await stack.cloud.advance(34 * minute);
  // It is retried every 5 minutes, with one page.
  expect(pages()).toHaveLength(1);
  expect(pages()[0]?.message).toMatch(/waits since 2026.*tried every 5 minutes: eu-west-1: /);
  expect(executions(stack, home)).toBe(0);
  await stack.cloud.advance(20 * minute);
  expect(executions(stack, home)).toBe(1);
  const dead = stack.cloud.region(standby).service('sqs').count('forseti-production-requests-dead');
  expect(dead.visible).toBe(0);
}, 120_000);

test('A drill evacuates home and comes back, each in under three minutes, and no message is lost', async () => {
  const stack = await startTestStack(two);
  await stack.cloud.advance(2 * minute);
  const report = await drill(stack.session);
  expect(report).toMatchObject({ home, standby, manner: 'outage', recoveryPoint: 0 });
  expect(report.recoverySeconds).toBeGreaterThan(60);
  expect(report.recoverySeconds).toBeLessThan(180);
  expect(report.acknowledged).toBeGreaterThan(50);
  expect(report.taken).toBe(report.acknowledged);
  expect(await active(stack, home)).toBe(home);
}, 120_000);

test('A drill by hand, as in an account, leaves no region pinned', async () => {
  const stack = await startTestStack(two);
  const session = Object.fromEntries(
    Object.entries(stack.session).filter(([name]) => name !== 'outages'),
  ) as unknown as typeof stack.session;
  const report = await drill(session);
  expect(report).toMatchObject({ manner: 'by hand', recoveryPoint: 0 });
  expect(report.recoverySeconds).toBeLessThan(30);
  expect((await regionsSeen(stack.session)).last?.pinned).toBeUndefined();
}, 120_000);

test('A region that a person sets stays active, whatever the probes find, until a person sets another', async () => {
  const stack = await startTestStack(two);
  await stack.cloud.advance(minute);
  const asked = await changeActiveRegion(stack.session, 'failover', { by: 'ada', reason: 'maintenance' });
  expect(asked).toMatchObject({ done: true, active: standby, last: { pinned: true, by: 'ada' } });
  await stack.cloud.advance(40 * minute);
  expect(await active(stack, home)).toBe(standby);
  await changeActiveRegion(stack.session, 'failback', { by: 'ada', reason: 'done' });
  await stack.cloud.advance(minute);
  expect(await active(stack, standby)).toBe(home);
  const from = stack.cloud.now();
  down(stack, [{ region: home, from, until: from + 5 * minute }]);
  expect(await until(stack, standby, standby)).toBeLessThan(3 * minute);
}, 120_000);

test('With an issue that AWS Health reports, one bad probe is enough', async () => {
  const stack = await startTestStack(two);
  await stack.cloud.advance(2 * minute);
  const from = stack.cloud.now();
  down(stack, [{ region: home, from, until: from + 10 * minute }]);
  const bad = async () =>
    (await items<RegionItem>(stack, standby, 'regions')).some((item) => 'bad' in item && item.bad === 1);
  while (!(await bad())) await stack.cloud.advance(1_000);
  await stack.cloud.advance(5_000);
  expect(await active(stack, standby)).toBeUndefined();
  stack.cloud.region(standby).publish({
    source: 'aws.health',
    detailType: 'AWS Health Event',
    detail: { service: 'SQS', eventTypeCategory: 'issue', statusCode: 'open', eventRegion: home },
  });
  await stack.cloud.advance(10_000);
  expect(await active(stack, standby)).toBe(standby);
}, 60_000);

test("A rollback requested by an event starts once, in the fleet's region, and an unknown application is recorded", async () => {
  const stack = await startTestStack(two);
  const asked = JSON.parse(readFileSync('events/rollback-requested.json', 'utf8')) as Record<string, string>;
  const put = (region: string, detail: unknown) => {
    const { source = '', 'detail-type': detailType = '' } = asked;
    stack.cloud.region(region).publish({ source, detailType, detail });
  };
  const request = { ...(asked.detail as unknown as object), requestKey: 'ticket-4711' };
  put(standby, request);
  put(home, request);
  put(home, { application: 'nobody' });
  await stack.cloud.advance(2 * minute);
  const rollbacks = (region: string) =>
    Object.keys(stack.cloud.region(region).service('states').state.executions).filter((arn) =>
      arn.includes('-rollback:'),
    );
  expect([rollbacks(home).length, rollbacks(standby).length]).toEqual([1, 0]);
  expect((await items<RequestItem>(stack, home, 'requests')).flatMap(({ refused }) => refused ?? [])).toEqual(
    ['There is no application nobody; known are api.'],
  );
});
