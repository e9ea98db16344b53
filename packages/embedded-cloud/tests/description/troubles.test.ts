import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudChecks } from '../../src/description/checks';
import { cloudOptions } from '../../src/description/options';

const minutes = (count: number) => count * 60_000;

const cloudOf = (description: object) => {
  const parsed = parseDescription({
    regions: ['eu-west-1', 'eu-central-1'],
    groups: { api: { instances: 2, max: 9, zones: ['eu-west-1a', 'eu-west-1b'] } },
    ...description,
  });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  return cloud;
};

/** How many of so many calls at once are answered, and the other answers' names. */
const ask = async (cloud: Cloud, count: number, region = cloud.home) => {
  const client = cloud.connect(region)(AutoScalingClient, { maxAttempts: 1 });
  const call = () =>
    client.send(new DescribeAutoScalingGroupsCommand({})).then(
      () => 'answered',
      (error: unknown) => (error as Error).name,
    );
  const names = await cloud.run(() => Promise.all(Array.from({ length: count }, call)));
  return {
    answered: names.filter((name) => name === 'answered').length,
    others: [...new Set(names)].filter((name) => name !== 'answered'),
  };
};

const throttling = { service: 'autoscaling', from: '10m', until: '20m' };

test('Others leave a share of the rate, in their time and region.', async () => {
  const cloud = cloudOf({ throttling: [{ ...throttling, share: 0.9 }] });
  expect(await ask(cloud, 50)).toEqual({ answered: 50, others: [] });
  await cloud.advance(minutes(15));
  expect(await ask(cloud, 50)).toEqual({ answered: 10, others: ['Throttling'] });
  await cloud.advance(10_000);
  expect((await ask(cloud, 50)).answered).toBe(10);
  expect((await ask(cloud, 50, 'eu-central-1')).answered).toBe(50);
  await cloud.advance(minutes(10));
  expect(await ask(cloud, 50)).toEqual({ answered: 50, others: [] });
});

test('Others may leave nothing, or use up one action only.', async () => {
  const all = cloudOf({ throttling: [{ ...throttling, share: 1, action: 'DescribeAutoScalingGroups' }] });
  await all.advance(minutes(15));
  expect(await ask(all, 5)).toEqual({ answered: 0, others: ['Throttling'] });
  const other = cloudOf({ throttling: [{ ...throttling, share: 1, action: 'DescribePolicies' }] });
  await other.advance(minutes(15));
  expect(await ask(other, 5)).toEqual({ answered: 5, others: [] });
});

test('Where no rate is known, each call has its chance.', async () => {
  const cloud = cloudOf({ throttling: [{ ...throttling, service: 'sqs', share: 0.5, from: '0s' }] });
  const client = cloud.connect(cloud.home)(SQSClient, { maxAttempts: 1 });
  const call = () =>
    client.send(new ListQueuesCommand({})).then(
      () => 1,
      () => 0,
    );
  const answered = await cloud.run(() => Promise.all(Array.from({ length: 100 }, call)));
  const count = answered.reduce<number>((sum, one) => sum + one, 0);
  expect(count).toBeGreaterThan(30);
  expect(count).toBeLessThan(70);
});

test('A service is down for its time, and so is it in a cloud that was saved meanwhile.', async () => {
  const described = cloudOf({ outages: [{ services: ['autoscaling'], from: '10m', until: '20m' }] });
  expect((await ask(described, 1)).answered).toBe(1);
  await described.advance(minutes(5));
  const cloud = Cloud.restore(JSON.parse(JSON.stringify(described.snapshot())) as never);
  await cloud.advance(minutes(10));
  expect(await ask(cloud, 1)).toEqual({ answered: 0, others: ['ServiceUnavailable'] });
  expect((await ask(cloud, 1, 'eu-central-1')).answered).toBe(1);
  await cloud.advance(minutes(10));
  expect((await ask(cloud, 1)).answered).toBe(1);
});

test('A fault of the test goes before what is described.', async () => {
  const cloud = cloudOf({ outages: [{ from: '0s', until: '1h' }] });
  cloud.faults = { call: () => undefined };
  expect((await ask(cloud, 1)).others).toEqual(['ServiceUnavailable']);
});

test('A zone has no capacity for its time.', async () => {
  const cloud = cloudOf({
    capacity: [{ zone: 'eu-west-1b', remaining: 0, from: '10m', until: '40m' }],
  });
  const zones = () =>
    Object.values(cloud.region(cloud.home).service('autoscaling').state.groups.api?.instances ?? {}).map(
      ({ zone }) => zone.at(-1),
    );
  const scale = async (DesiredCapacity: number) => {
    const input = { AutoScalingGroupName: 'api', DesiredCapacity };
    await cloud.run(() =>
      cloud.answer(cloud.home, cloud.person(), 'autoscaling', 'SetDesiredCapacity', input),
    );
    await cloud.advance(minutes(5));
    return zones().sort().join('');
  };
  expect(await scale(4)).toBe('aabb');
  await cloud.advance(minutes(10));
  expect(await scale(6)).toBe('aaaabb');
  await cloud.advance(minutes(45));
  expect(zones().sort().join('')).toBe('aaabbb');
});

test('Times and regions that cannot be are refused.', () => {
  const found = cloudChecks(
    parseDescription({
      outages: [{ from: '10m', until: '10m' }],
      throttling: [{ ...throttling, share: 1, region: 'us-east-1' }],
      capacity: [{ remaining: 0, until: '0s' }],
    }),
  );
  expect(found).toEqual([
    { path: ['outages', 0, 'until'], message: 'is not after from' },
    { path: ['throttling', 0, 'region'], message: 'is us-east-1, which is none of regions' },
    { path: ['capacity', 0, 'until'], message: 'is not after from' },
  ]);
});
