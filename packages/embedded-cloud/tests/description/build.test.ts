import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAutoScaling } from '../../src/autoscaling/service';
import { makeCloudWatch } from '../../src/cloudwatch/service';
import { Cloud } from '../../src/core/cloud';
import { describe as fill, parseDescription } from '../../src/description/build';
import { cloudChecks } from '../../src/description/checks';
import { cloudOptions } from '../../src/description/options';
import { makeEc2 } from '../../src/ec2/service';
import { makeElasticLoadBalancing } from '../../src/elasticloadbalancing/service';
import { makeServiceQuotas } from '../../src/servicequotas/service';
import { makeSsm } from '../../src/ssm/service';
import { parse } from 'yaml';

const services = {
  autoscaling: makeAutoScaling,
  cloudwatch: makeCloudWatch,
  ec2: makeEc2,
  elasticloadbalancing: makeElasticLoadBalancing,
  servicequotas: makeServiceQuotas,
  ssm: makeSsm,
};

const cloudOf = (description: unknown) => {
  const parsed = parseDescription(description);
  const cloud = Cloud.make({ ...cloudOptions(parsed), services });
  fill(cloud, parsed);
  return { cloud, region: cloud.region(cloud.home) };
};

const example = (name: string): unknown =>
  parse(readFileSync(join(__dirname, '../../../../examples/clouds', name), 'utf8'));

test('The demo has twenty healthy instances on v1, spread over three zones.', () => {
  const { region } = cloudOf(example('demo.yml'));
  const group = region.service('autoscaling').state.groups.api;
  const ids = Object.keys(group?.instances ?? {});
  expect(ids).toHaveLength(20);
  expect(group).toMatchObject({ desired: 20, minSize: 10, maxSize: 60, healthCheckType: 'ELB' });
  const ec2 = region.service('ec2');
  const zones = ids.map((id) => ec2.instance(id)?.zone);
  expect(
    ['a', 'b', 'c'].map((letter) => zones.filter((zone) => zone === `eu-west-1${letter}`).length),
  ).toEqual([7, 7, 6]);
  for (const id of ids) {
    expect(ec2.instance(id)).toMatchObject({
      state: 'running',
      software: 'v1',
      tags: { 'forseti:version': 'v1' },
    });
    expect(region.service('ssm').state.managed[id]?.status).toBe('online');
    for (const arn of group?.targetGroupArns ?? [])
      expect(region.service('elasticloadbalancing').health(arn, id)).toBe('healthy');
  }
  expect(region.service('servicequotas').value('ec2', 'L-1216C47A')).toBe(256);
});

test('The small one has two instances in two zones and a group with a numbered launch template.', () => {
  const { region } = cloudOf(example('small.yml'));
  const group = region.service('autoscaling').state.groups.api;
  expect(Object.values(group?.instances ?? {}).map(({ zone }) => zone)).toEqual(['eu-west-1a', 'eu-west-1b']);
  expect(group?.launch.launchTemplate).toMatchObject({ name: 'api', version: '1' });
  expect(group?.minSize).toBe(1);
});

test('The troubled one has all its troubles.', () => {
  const { region } = cloudOf(example('troubled.yml'));
  const { groups, scheduledActions } = region.service('autoscaling').state;
  const { ec2, ssm } = { ec2: region.service('ec2').state, ssm: region.service('ssm').state };
  expect(Object.keys(groups.shop?.suspended ?? {})).toEqual(['AZRebalance']);
  expect(Object.keys(groups.shop?.hooks ?? {})).toEqual(['warm-caches']);
  expect(Object.keys(scheduledActions)).toEqual(['shop/evening']);
  expect(groups.legacy?.launch.launchTemplate?.version).toBe('$Latest');
  const agents = Object.values(ssm.agents);
  expect(agents).toEqual([{ dead: true }, { version: '3.2.582.0' }]);
  expect(Object.values(ssm.managed).filter(({ status }) => status === 'offline')).toHaveLength(1);
  const instances = Object.values(ec2.instances);
  expect(instances.filter(({ tags }) => tags['forseti:avoid-image'] === 'true')).toHaveLength(1);
  expect(instances.flatMap(({ maintenanceEvents }) => maintenanceEvents)).toMatchObject([
    { code: 'instance-retirement' },
  ]);
  expect(Object.values(groups.shop?.instances ?? {}).filter((member) => member.protected)).toHaveLength(1);
  expect(ssm.failures).toMatchObject([
    { version: 'v2', instanceId: Object.keys(groups.admin?.instances ?? {})[1] },
  ]);
  expect(region.service('elasticloadbalancing').state.brokenSoftware).toEqual(['v3']);
  expect(ec2.capacityLimits).toEqual([{ zone: 'eu-west-1c', instanceType: 'm5.large', remaining: 4 }]);
});

test('An alarm rings and stops when the description says so.', async () => {
  const { cloud, region } = cloudOf({ alarms: { errors: { rings: [{ in: '20m', for: '15m' }] } } });
  const value = () => region.service('cloudwatch').alarm('errors')?.stateValue;
  expect(value()).toBe('OK');
  await cloud.advance(20 * 60_000 + 1_000);
  expect(value()).toBe('ALARM');
  await cloud.advance(15 * 60_000);
  expect(value()).toBe('OK');
});

test('A mixed instances policy, standby, a warm pool and an operator are made as described.', () => {
  const { region } = cloudOf({
    groups: {
      web: {
        version: 'v1',
        instances: [{ count: 2 }, { standby: true, zone: 'eu-west-1c' }],
        mixedInstances: { instanceTypes: ['m5.large', 'm5a.large'] },
        warmPool: { min: 1 },
        operator: 'ecs.amazonaws.com',
        launchTemplate: { reference: 3 },
      },
    },
  });
  const group = region.service('autoscaling').state.groups.web;
  expect(group).toMatchObject({ desired: 2, operator: 'ecs.amazonaws.com', warmPool: { minSize: 1 } });
  expect(group?.launch.mixed?.LaunchTemplate?.LaunchTemplateSpecification?.Version).toBe('3');
  expect(Object.values(group?.instances ?? {}).map(({ lifecycle }) => lifecycle)).toEqual([
    'InService',
    'InService',
    'Standby',
  ]);
});

test('Timings, start and account are those of the description.', () => {
  const options = cloudOptions(
    parseDescription({ startAt: '2026-12-01T10:00:00Z', timings: { image: '7m', spread: 0 } }),
  );
  expect(options).toMatchObject({
    startAt: Date.UTC(2026, 11, 1, 10),
    timings: { imageMs: 420_000, spread: 0 },
  });
});

test('Two applications share a load balancer, and have the security groups of the description.', async () => {
  const { region } = cloudOf(example('shared-load-balancer.yml'));
  const elb = region.service('elasticloadbalancing');
  expect(Object.values(elb.state.loadBalancers).map(({ name }) => name)).toEqual(['front']);
  expect(Object.values(elb.state.rules).map(({ priority, conditions }) => [priority, conditions])).toEqual([
    ['default', undefined],
    ['10', [{ field: 'host-header', values: ['api.example.com'] }]],
  ]);
  const { instances, securityGroups, securityGroupRules = {} } = region.service('ec2').state;
  const names = (group: string) => [
    ...new Set(
      Object.values(instances)
        .filter(({ tags }) => tags.Name === group)
        .map(({ securityGroupIds }) => securityGroupIds.map((id) => securityGroups[id]?.name).join(' ')),
    ),
  ];
  expect([names('api'), names('shop')]).toEqual([['web'], ['web admin']]);
  expect(Object.values(securityGroupRules)).toMatchObject([{ fromPort: 80, cidrIpv4: '10.0.0.0/16' }]);
  expect(await elb.request({ name: 'front', host: 'api.example.com' })).toMatchObject({ status: 200 });
});

test('What a group or a listener names and the description does not hold is said.', () => {
  const found = cloudChecks(
    parseDescription({
      groups: { api: { instances: 1, securityGroups: ['default', 'web'] } },
      loadBalancers: {
        front: { listeners: [{ targetGroup: 'shop', rules: [{ priority: 1, targetGroup: 'admin' }] }] },
      },
    }),
  );
  expect(found.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
    'groups.api.securityGroups.1 is web, which securityGroups does not hold; add it there',
    'loadBalancers.front.listeners.0.targetGroup is shop, which targetGroups does not hold; add it there',
    'loadBalancers.front.listeners.0.rules.0.targetGroup is admin, which targetGroups does not hold; add it there',
  ]);
});

test.each([
  ['an unknown key', { group: {} }],
  ['a duration in words', { timings: { image: 'long' } }],
  ['a zone without its letter', { groups: { a: { instances: 1, zones: ['eu-west-1'] } } }],
])('A description with %s is refused.', (_, description) => {
  expect(() => parseDescription(description)).toThrow();
});
