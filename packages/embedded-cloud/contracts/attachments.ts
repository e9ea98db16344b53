import {
  AttachLoadBalancerTargetGroupsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLoadBalancerTargetGroupsCommand,
  DetachLoadBalancerTargetGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { Client, contract, group } from './autoScalingGroup';
import type { Contract } from './contract';

export const attachments: readonly Contract[] = [
  contract('attaches a target group to a group, and detaches it', async (world) => {
    const AutoScalingGroupName = await group(world);
    const { targetGroupArn } = await world.host.ground();
    const input = { AutoScalingGroupName, TargetGroupARNs: [targetGroupArn] };
    const holds = (TargetGroupARNs: string[]) =>
      world.see(
        Client,
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
        {
          AutoScalingGroups: [
            { TargetGroupARNs: (arns?: string[]) => (arns ?? []).join() === TargetGroupARNs.join() },
          ],
        },
      );
    await world.see(Client, new AttachLoadBalancerTargetGroupsCommand(input), {});
    await holds([targetGroupArn]);
    await world.see(Client, new DescribeLoadBalancerTargetGroupsCommand({ AutoScalingGroupName }), {
      LoadBalancerTargetGroups: [{ LoadBalancerTargetGroupARN: targetGroupArn }],
    });
    await world.see(Client, new DetachLoadBalancerTargetGroupsCommand(input), {});
    await holds([]);
  }),
];
