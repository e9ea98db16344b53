import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { instancesOf } from '../../../cli/queries/instances';
import type { Release } from '../../../lib/engine/releases';
import { sessionWith } from './support';

const template = (version: string) => ({ LaunchTemplateId: 'lt-1', Version: version });
const release = (version: string, templateVersion: string) =>
  ({ version, launchTemplate: { id: 'lt-1', version: templateVersion } }) as Release;

test('An instance has the version of its tag, else that of the release with the launch template version it was launched from', async () => {
  mockClient(EC2Client)
    .on(DescribeInstancesCommand)
    .resolves({
      Reservations: [
        { Instances: [{ InstanceId: 'i-1', Tags: [{ Key: 'forseti:version', Value: 'v2' }] }] },
        { Instances: [{ InstanceId: 'i-2' }, { InstanceId: 'i-3' }] },
      ],
    });
  mockClient(ElasticLoadBalancingV2Client)
    .on(DescribeTargetHealthCommand, { TargetGroupArn: 'one' })
    .resolves({ TargetHealthDescriptions: [{ Target: { Id: 'i-1' }, TargetHealth: { State: 'healthy' } }] })
    .on(DescribeTargetHealthCommand, { TargetGroupArn: 'two' })
    .resolves({
      TargetHealthDescriptions: [
        {
          Target: { Id: 'i-1' },
          TargetHealth: {
            State: 'initial',
            Reason: 'Elb.InitialHealthChecking',
            Description: 'Initial health checks in progress',
          },
        },
      ],
    });
  mockClient(SSMClient)
    .on(DescribeInstanceInformationCommand)
    .resolves({ InstanceInformationList: [{ InstanceId: 'i-2', PingStatus: 'ConnectionLost' }] });
  const instance = (id: string, templateVersion: string) => ({
    InstanceId: id,
    AvailabilityZone: 'eu-west-1a',
    LifecycleState: 'InService' as const,
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
    LaunchTemplate: template(templateVersion),
  });
  const group = {
    AutoScalingGroupName: 'api',
    MinSize: 0,
    MaxSize: 9,
    DesiredCapacity: 3,
    DefaultCooldown: 300,
    AvailabilityZones: [],
    HealthCheckType: 'EC2',
    CreatedTime: new Date(0),
    TargetGroupARNs: ['one', 'two'],
    Instances: [instance('i-1', '1'), instance('i-2', '1'), instance('i-3', '7')],
  };
  const found = await instancesOf(sessionWith(), group, [release('v2', '2'), release('v1', '1')]);
  expect(found.map(({ id, version, target }) => [id, version, target])).toEqual([
    ['i-1', 'v2', 'initial'],
    ['i-2', 'v1', undefined],
    ['i-3', undefined, undefined],
  ]);
  expect(found.map(({ targetReason, agent }) => [targetReason, agent])).toEqual([
    ['Elb.InitialHealthChecking: Initial health checks in progress', undefined],
    [undefined, 'ConnectionLost'],
    [undefined, undefined],
  ]);
});
