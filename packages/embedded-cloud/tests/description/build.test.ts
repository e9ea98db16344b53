import { makeAutoScaling } from '../../src/services/autoscaling';
import { makeCloudWatch } from '../../src/services/cloudwatch';
import { Cloud } from '../../src/cloud/cloud';
import { parseDescription, populate } from '../../src/description/build';
import { cloudChecks } from '../../src/description/checks';
import { cloudOptions } from '../../src/description/options';
import { makeEc2 } from '../../src/services/ec2';
import { makeElasticLoadBalancing } from '../../src/services/elasticloadbalancing';
import { makeServiceQuotas } from '../../src/services/servicequotas';
import { makeSsm } from '../../src/services/ssm';

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
  populate(cloud, parsed);
  return { cloud, region: cloud.region(cloud.home) };
};

test('An alarm rings and stops when the description says so', async () => {
  const { cloud, region } = cloudOf({ alarms: { errors: { rings: [{ in: '20m', for: '15m' }] } } });
  const value = () => region.service('cloudwatch').alarm('errors')?.stateValue;
  expect(value()).toBe('OK');
  await cloud.advance(20 * 60_000 + 1_000);
  expect(value()).toBe('ALARM');
  await cloud.advance(15 * 60_000);
  expect(value()).toBe('OK');
});

test('A mixed instances policy, standby, a warm pool and an operator are made as described', () => {
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

test('Timings, start and account are those of the description', () => {
  const options = cloudOptions(
    parseDescription({ startAt: '2026-12-01T10:00:00Z', timings: { image: '7m', spread: 0 } }),
  );
  expect(options).toMatchObject({
    startAt: Date.UTC(2026, 11, 1, 10),
    timings: { imageMs: 420_000, spread: 0 },
  });
});

test('What a group or a listener names and the description does not hold is said', () => {
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
])('A description with %s is refused', (_, description) => {
  expect(() => parseDescription(description)).toThrow();
});
