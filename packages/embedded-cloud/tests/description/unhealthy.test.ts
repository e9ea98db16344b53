import type { InstanceStatus } from '@aws-sdk/client-ec2';
import type { TargetHealth, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudOptions } from '../../src/description/options';

const minutes = (count: number) => count * 60_000;

const cloudOf = (group: object) => {
  const parsed = parseDescription({
    groups: {
      api: { version: 'v1', instances: 2, healthCheckType: 'EC2', ...group },
      other: { instances: 1 },
    },
    timings: { spread: 0 },
  });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  const region = cloud.region(cloud.home);
  const answer = <Output>(service: string, action: string, input: object) =>
    cloud.run(() => cloud.answer(cloud.home, cloud.person(), service, action, input)) as Promise<Output>;
  const health = async (name = 'api'): Promise<(TargetHealth | undefined)[]> => {
    const [TargetGroupArn] = region.service('autoscaling').state.groups[name]?.targetGroupArns ?? [];
    const { TargetHealthDescriptions: found } = await answer<{
      TargetHealthDescriptions: TargetHealthDescription[];
    }>('elasticloadbalancing', 'DescribeTargetHealth', { TargetGroupArn });
    return found.map(({ TargetHealth: one }) => one);
  };
  const statuses = async () =>
    (await answer<{ InstanceStatuses: InstanceStatus[] }>('ec2', 'DescribeInstanceStatus', {}))
      .InstanceStatuses;
  const members = () => Object.values(region.service('autoscaling').state.groups.api?.instances ?? {});
  return { cloud, region, health, statuses, members };
};

const healthy = { State: 'healthy' };

test.each([
  ['Target.FailedHealthChecks', 'Health checks failed'],
  ['Target.Timeout', 'Request timed out'],
  ['Target.ResponseCodeMismatch', 'Health checks failed with these codes: [502]'],
])('Targets fail with %s, in the words of AWS: %s.', async (reason, words) => {
  const { cloud, health } = cloudOf({ unhealthy: [{ reason }] });
  expect(await health()).toEqual([healthy, healthy]);
  await cloud.advance(minutes(1));
  const failed = { State: 'unhealthy', Reason: reason, Description: words };
  expect(await health()).toEqual([failed, failed]);
  expect(await health('other')).toEqual([healthy]);
});

test('They fail after a while, in words of their own, and are well again.', async () => {
  const { cloud, health } = cloudOf({
    unhealthy: [{ after: '5m', until: '20m', reason: 'Target.Timeout', description: 'The pool is full' }],
  });
  await cloud.advance(minutes(5));
  expect(await health()).toEqual([healthy, healthy]);
  await cloud.advance(minutes(1));
  expect(await health()).toMatchObject([{ State: 'unhealthy', Description: 'The pool is full' }, {}]);
  await cloud.advance(minutes(16));
  expect(await health()).toEqual([healthy, healthy]);
});

test('Only a version fails, so long after it came to the instance.', async () => {
  const { cloud, region, health, members } = cloudOf({ unhealthy: [{ version: 'v2', after: '2m' }] });
  await cloud.advance(minutes(10));
  expect(await health()).toEqual([healthy, healthy]);
  region.service('ec2').setSoftware(members()[0]?.id ?? '', 'v2');
  await cloud.advance(minutes(1));
  expect(await health()).toEqual([healthy, healthy]);
  await cloud.advance(minutes(2));
  expect((await health()).map((one) => one?.State)).toEqual(['unhealthy', 'healthy']);
});

test('A failing status check is shown by EC2 and makes the group replace the instance.', async () => {
  const { cloud, statuses, members } = cloudOf({
    unhealthy: [{ by: 'status', check: 'system', from: '5m', until: '8m' }],
  });
  const before = members().map(({ id }) => id);
  await cloud.advance(minutes(4));
  expect(members().map(({ id }) => id)).toEqual(before);
  await cloud.advance(minutes(1) + 1_000);
  const [, second] = await statuses();
  expect(second).toMatchObject({
    InstanceStatus: { Status: 'ok' },
    SystemStatus: { Status: 'impaired', Details: [{ Status: 'failed' }] },
  });
  await cloud.advance(minutes(15));
  const after = members().filter(({ lifecycle }) => lifecycle === 'InService');
  expect(after).toHaveLength(2);
  expect(after.filter(({ id }) => before.includes(id))).toEqual([]);
});

test('Another group is left alone by a failing status check, and an instance that is well again stays.', async () => {
  const { cloud, statuses, members } = cloudOf({
    suspended: ['HealthCheck'],
    unhealthy: [{ by: 'status', from: '5m', until: '8m' }],
  });
  const before = members().map(({ id }) => id);
  await cloud.advance(minutes(6));
  const impaired = (await statuses()).filter(({ InstanceStatus: one }) => one?.Status === 'impaired');
  expect(impaired.map(({ InstanceId }) => InstanceId)).toEqual(before);
  await cloud.advance(minutes(60));
  expect(members().map(({ id }) => id)).toEqual(before);
});
