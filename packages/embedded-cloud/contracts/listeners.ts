import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeCapacityReservationCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  ModifyCapacityReservationCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Contract, contractsOf, differs } from './contract';
import type { World } from './world';

const Client = ElasticLoadBalancingV2Client;

const api = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/';

const contract = contractsOf('elasticloadbalancing');

const Tags = [{ Key: 'acme:switch', Value: 'maintenance' }];

const rule = async (world: World, priority: number) => {
  const { listenerArn: ListenerArn, targetGroupArn: TargetGroupArn } = await world.host.ground();
  return new CreateRuleCommand({
    ListenerArn,
    Priority: priority,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: [{ Type: 'forward', TargetGroupArn }],
    Tags,
  });
};

const missing = {
  listener:
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/none/0123456789abcdef/0123456789abcdef',
  balancer: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/none/0123456789abcdef',
};

const rules: readonly Contract[] = [
  contract('makes a rule of a listener, tells it, and removes it', async (world) => {
    const { listenerArn: ListenerArn } = await world.host.ground();
    const { Rules: made = [] } = await world.see(Client, await rule(world, 7), {
      Rules: [{ Priority: '7', IsDefault: false, RuleArn: /:listener-rule\/app\// }],
    });
    const RuleArn = made[0]?.RuleArn ?? '';
    const ask = new DescribeRulesCommand({ ListenerArn });
    const holds = (found: { RuleArn: string }[]) => found.some((one) => one.RuleArn === RuleArn);
    await world.see(Client, ask, { Rules: holds });
    await world.see(Client, new DeleteRuleCommand({ RuleArn }), {});
    await world.see(Client, ask, { Rules: (found: { RuleArn: string }[]) => !holds(found) });
  }),
  contract(
    'gives no priority twice',
    async (world) => {
      await world.send(Client, await rule(world, 8));
      await world.refused(Client, await rule(world, 8), { error: 'PriorityInUseException' });
    },
    differs('ministack', 'CreateRule', 'makes a second rule of it', `${api}API_CreateRule.html`),
  ),
  contract(
    'tells no rules of a listener that is not there',
    async (world) => {
      await world.refused(Client, new DescribeRulesCommand({ ListenerArn: missing.listener }), {
        error: 'ListenerNotFoundException',
      });
    },
    differs('ministack', 'DescribeRules', 'tells an empty list', `${api}API_DescribeRules.html`),
  ),
  contract("tells a rule's tags", async (world) => {
    const { Rules: made = [] } = await world.send(Client, await rule(world, 9));
    const arn = made[0]?.RuleArn ?? '';
    await world.see(Client, new DescribeTagsCommand({ ResourceArns: [arn] }), {
      TagDescriptions: [{ ResourceArn: arn, Tags }],
    });
  }),
];

const balancers: readonly Contract[] = [
  contract('describes a load balancer and its listeners, and none that is not there', async (world) => {
    const { loadBalancerArn: LoadBalancerArn, listenerArn: ListenerArn } = await world.host.ground();
    await world.see(Client, new DescribeLoadBalancersCommand({ LoadBalancerArns: [LoadBalancerArn] }), {
      LoadBalancers: [{ LoadBalancerArn, Type: 'application' }],
    });
    await world.see(Client, new DescribeListenersCommand({ LoadBalancerArn }), {
      Listeners: [{ ListenerArn, LoadBalancerArn, Protocol: 'HTTP' }],
    });
    const none = { LoadBalancerArns: [missing.balancer] };
    const error = 'LoadBalancerNotFoundException';
    await world.refused(Client, new DescribeLoadBalancersCommand(none), { error });
  }),
  contract('reserves capacity for a load balancer, tells it, and gives it back', async (world) => {
    const { loadBalancerArn: LoadBalancerArn } = await world.host.ground();
    const reserve = { LoadBalancerArn, MinimumLoadBalancerCapacity: { CapacityUnits: 200 } };
    await world.see(Client, new ModifyCapacityReservationCommand(reserve), {
      MinimumLoadBalancerCapacity: { CapacityUnits: 200 },
    });
    await world.see(Client, new DescribeCapacityReservationCommand({ LoadBalancerArn }), {
      MinimumLoadBalancerCapacity: { CapacityUnits: 200 },
    });
    await world.until(async () => {
      const ask = new DescribeCapacityReservationCommand({ LoadBalancerArn });
      const { CapacityReservationState: zones = [] } = await world.send(Client, ask);
      return zones.length > 0 && zones.every(({ State }) => State?.Code === 'provisioned');
    });
    const reset = { LoadBalancerArn, ResetCapacityReservation: true };
    await world.see(Client, new ModifyCapacityReservationCommand(reset), {
      MinimumLoadBalancerCapacity: undefined,
    });
  }),
  contract('makes a target group for a function, registers it, and removes the group', async (world) => {
    const Name = world.name('page');
    const { TargetGroups: made = [] } = await world.see(
      Client,
      new CreateTargetGroupCommand({ Name, TargetType: 'lambda', Tags }),
      {
        TargetGroups: [
          { TargetGroupName: Name, TargetType: 'lambda', TargetGroupArn: /:targetgroup\/page-/ },
        ],
      },
    );
    const TargetGroupArn = made[0]?.TargetGroupArn ?? '';
    await world.see(Client, new DeleteTargetGroupCommand({ TargetGroupArn }), {});
    await world.refused(
      Client,
      new RegisterTargetsCommand({
        TargetGroupArn,
        Targets: [{ Id: 'arn:aws:lambda:eu-west-1:111122223333:function:page' }],
      }),
      { error: 'TargetGroupNotFoundException' },
    );
  }),
];

export const listeners: readonly Contract[] = [...rules, ...balancers];
