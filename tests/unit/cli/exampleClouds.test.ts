import { Cloud, cloudOptions, populate } from '@forseti/embedded-cloud';
import { join } from 'node:path';
import { readCloudFile } from '../../../cli/local/cloudFile';
import { tags } from '../../../lib/aws/tags';

/** A cloud of examples/clouds, made as the command does. */
const exampleCloud = (name: string) => {
  const { description } = readCloudFile(join(__dirname, '../../../examples/clouds', name));
  const cloud = Cloud.make(cloudOptions(description));
  populate(cloud, description, { versionTag: tags.version });
  return { region: cloud.region(cloud.home) };
};

test('The demo has twenty healthy instances on v1, spread over three zones', () => {
  const { region } = exampleCloud('demo.yml');
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

test('The small cloud has two instances in two zones and a group with a numbered launch template', () => {
  const { region } = exampleCloud('small.yml');
  const group = region.service('autoscaling').state.groups.api;
  expect(Object.values(group?.instances ?? {}).map(({ zone }) => zone)).toEqual(['eu-west-1a', 'eu-west-1b']);
  expect(group?.launch.launchTemplate).toMatchObject({ name: 'api', version: '1' });
  expect(group?.minSize).toBe(1);
});

test('The troubled cloud has all its failures', () => {
  const { region } = exampleCloud('troubled.yml');
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

test('Two applications share a load balancer, and have the security groups of the description', async () => {
  const { region } = exampleCloud('shared-load-balancer.yml');
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
