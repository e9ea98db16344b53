import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Contract, contractsOf, differs } from './contract';
import { instance } from './instance';

const Client = ElasticLoadBalancingV2Client;

const contract = contractsOf('elasticloadbalancing');

const missing = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/none/0123456789abcdef';
const notFound = { error: 'TargetGroupNotFoundException' };

export const elasticLoadBalancing: readonly Contract[] = [
  contract('describes a target group, and none that is not there', async (world) => {
    const { targetGroupArn: TargetGroupArn } = await world.host.ground();
    await world.see(Client, new DescribeTargetGroupsCommand({ TargetGroupArns: [TargetGroupArn] }), {
      TargetGroups: [
        { TargetGroupArn, TargetGroupName: 'ground', Protocol: 'HTTP', HealthCheckEnabled: true },
      ],
    });
    await world.refused(Client, new DescribeTargetGroupsCommand({ TargetGroupArns: [missing] }), notFound);
  }),
  contract('tells how long a target is drained', async (world) => {
    const { targetGroupArn: TargetGroupArn } = await world.host.ground();
    await world.see(Client, new DescribeTargetGroupAttributesCommand({ TargetGroupArn }), {
      Attributes: (attributes: { Key: string; Value: string }[]) =>
        attributes.some(
          ({ Key, Value }) => Key === 'deregistration_delay.timeout_seconds' && Number(Value) > 0,
        ),
    });
    await world.refused(
      Client,
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: missing }),
      notFound,
    );
  }),
  contract('tells the health of no target of a group that is not there', async (world) => {
    await world.refused(Client, new DescribeTargetHealthCommand({ TargetGroupArn: missing }), notFound);
  }),
  contract(
    'says of an instance that was never registered that it is unused',
    async (world) => {
      const { targetGroupArn: TargetGroupArn } = await world.host.ground();
      const Targets = [{ Id: await instance(world), Port: 80 }];
      await world.see(Client, new DescribeTargetHealthCommand({ TargetGroupArn, Targets }), {
        TargetHealthDescriptions: [
          { Target: Targets[0], TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } },
        ],
      });
    },
    differs(
      'ministack',
      'DescribeTargetHealth',
      'says nothing of it',
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html',
    ),
  ),
];
