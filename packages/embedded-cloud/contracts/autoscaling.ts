import {
  CreateOrUpdateTagsCommand,
  DeletePolicyCommand,
  DeleteScheduledActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  DescribePoliciesCommand,
  DescribeScalingActivitiesCommand,
  DescribeScheduledActionsCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  PutLifecycleHookCommand,
  PutScalingPolicyCommand,
  PutScheduledUpdateGroupActionCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { type Contract, differs } from './contract';

import {
  Client,
  contract,
  withInstances,
  api,
  noGroup,
  other,
  groupOf,
  group,
  fleet,
  members,
} from './autoScalingGroup';

const groups: readonly Contract[] = [
  contract('describes a group, and answers nothing of one that is not there', async (world) => {
    const name = await group(world);
    const { templateId: LaunchTemplateId } = await world.host.ground();
    await world.see(Client, new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name, other] }), {
      AutoScalingGroups: [
        {
          AutoScalingGroupName: name,
          AutoScalingGroupARN: /:autoScalingGroup:/,
          MinSize: 0,
          MaxSize: 4,
          DesiredCapacity: 0,
          HealthCheckType: 'EC2',
          LaunchTemplate: { LaunchTemplateId, Version: '1' },
        },
      ],
    });
  }),
  contract('changes a group in what is named, and no group that is not there', async (world) => {
    const name = await group(world);
    const change = { AutoScalingGroupName: name, MaxSize: 6 };
    await world.see(Client, new UpdateAutoScalingGroupCommand(change), {});
    await world.see(Client, new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }), {
      AutoScalingGroups: [{ MinSize: 0, MaxSize: 6, DesiredCapacity: 0 }],
    });
    await world.refused(
      Client,
      new UpdateAutoScalingGroupCommand({ ...change, AutoScalingGroupName: other }),
      noGroup,
    );
  }),
  contract('suspends the processes that are named, and resumes them', async (world) => {
    const AutoScalingGroupName = await group(world);
    const suspended = (...names: string[]) =>
      world.see(
        Client,
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
        {
          AutoScalingGroups: [
            {
              SuspendedProcesses: (list?: { ProcessName: string }[]) =>
                (list ?? [])
                  .map(({ ProcessName }) => ProcessName)
                  .sort()
                  .join() === names.join(),
            },
          ],
        },
      );
    const both = ['AZRebalance', 'Launch'];
    await world.see(
      Client,
      new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: both }),
      {},
    );
    await suspended(...both);
    await world.see(
      Client,
      new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }),
      {},
    );
    await suspended('AZRebalance');
  }),
  contract(
    'puts a scaling policy, describes it, and deletes it',
    async (world) => {
      const AutoScalingGroupName = await group(world);
      const policy = {
        AutoScalingGroupName,
        PolicyName: 'more',
        PolicyType: 'SimpleScaling',
        AdjustmentType: 'ChangeInCapacity',
        ScalingAdjustment: 2,
      };
      await world.see(Client, new PutScalingPolicyCommand(policy), { PolicyARN: /:scalingPolicy:/ });
      await world.see(Client, new DescribePoliciesCommand({ AutoScalingGroupName }), {
        ScalingPolicies: [policy],
      });
      await world.see(Client, new DeletePolicyCommand({ AutoScalingGroupName, PolicyName: 'more' }), {});
      await world.see(Client, new DescribePoliciesCommand({ AutoScalingGroupName }), { ScalingPolicies: [] });
    },
    differs('moto', 'PutScalingPolicy', 'answers no ARN', `${api}API_PutScalingPolicy.html`),
  ),
  contract('lists the lifecycle hooks of a group', async (world) => {
    const AutoScalingGroupName = await group(world);
    const hook = {
      AutoScalingGroupName,
      LifecycleHookName: 'drain',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      HeartbeatTimeout: 300,
      DefaultResult: 'CONTINUE',
    };
    await world.send(Client, new PutLifecycleHookCommand(hook));
    await world.see(Client, new DescribeLifecycleHooksCommand({ AutoScalingGroupName }), {
      LifecycleHooks: [hook],
    });
  }),
  contract('lists what a group is going to do by the calendar', async (world) => {
    const AutoScalingGroupName = await group(world);
    const action = {
      AutoScalingGroupName,
      ScheduledActionName: 'on-sale',
      MinSize: 3,
      Recurrence: '0 9 * * 1',
    };
    await world.send(Client, new PutScheduledUpdateGroupActionCommand(action));
    await world.see(Client, new DescribeScheduledActionsCommand({ AutoScalingGroupName }), {
      ScheduledUpdateGroupActions: [action],
    });
  }),
  contract('plans a size for a time, and forgets it', async (world) => {
    const AutoScalingGroupName = await group(world);
    const named = { AutoScalingGroupName, ScheduledActionName: 'warm-up' };
    const StartTime = new Date('2099-12-01T08:30:00Z');
    await world.see(
      Client,
      new PutScheduledUpdateGroupActionCommand({ ...named, StartTime, MinSize: 2 }),
      {},
    );
    await world.see(Client, new DeleteScheduledActionCommand(named), {});
    await world.see(Client, new DescribeScheduledActionsCommand({ AutoScalingGroupName }), {
      ScheduledUpdateGroupActions: [],
    });
  }),
  contract('gives a group a tag, which its description tells', async (world) => {
    const AutoScalingGroupName = await group(world);
    const tag = {
      ResourceId: AutoScalingGroupName,
      ResourceType: 'auto-scaling-group',
      Key: 'acme:application',
      Value: 'api',
      PropagateAtLaunch: false,
    };
    await world.see(Client, new CreateOrUpdateTagsCommand({ Tags: [tag] }), {});
    const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] });
    await world.see(Client, ask, { AutoScalingGroups: [{ Tags: [{ Key: tag.Key, Value: tag.Value }] }] });
  }),
  contract(
    'desires no more instances than a group may hold',
    async (world) => {
      const AutoScalingGroupName = await group(world);
      const many = new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 5 });
      await world.refused(Client, many, { error: 'ValidationError' });
    },
    {
      differs: Object.fromEntries(
        (['ministack', 'moto'] as const).map((host) => [
          host,
          { at: 'SetDesiredCapacity', does: 'takes any number', source: `${api}API_SetDesiredCapacity.html` },
        ]),
      ),
    },
  ),
];

const fleets: readonly Contract[] = [
  contract(
    'holds as many instances as are desired, and says so',
    async (world) => {
      const { name } = await fleet(world);
      await members(world, [name], (list) => list.length === 2);
      await world.see(
        Client,
        new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: 3 }),
        {},
      );
      await world.until(async () => (await groupOf(world, name)).Instances?.length === 3);
      await world.see(Client, new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }), {
        AutoScalingGroups: [{ DesiredCapacity: 3 }],
      });
    },
    withInstances,
  ),
  contract(
    'takes an instance out of service with its place, and puts it back',
    async (world) => {
      const { name: AutoScalingGroupName, ids } = await fleet(world);
      const InstanceIds = ids.slice(0, 1);
      const stateBecomes = (state: string) =>
        world.until(async () => {
          const { Instances = [] } = await groupOf(world, AutoScalingGroupName);
          return Instances.some(
            ({ InstanceId, LifecycleState }) => InstanceId === ids[0] && LifecycleState === state,
          );
        });
      const enter = { AutoScalingGroupName, InstanceIds, ShouldDecrementDesiredCapacity: true };
      await world.see(Client, new EnterStandbyCommand(enter), { Activities: [{ AutoScalingGroupName }] });
      await stateBecomes('Standby');
      await world.see(
        Client,
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
        {
          AutoScalingGroups: [{ DesiredCapacity: 1 }],
        },
      );
      await world.see(Client, new ExitStandbyCommand({ AutoScalingGroupName, InstanceIds }), {
        Activities: [{ AutoScalingGroupName }],
      });
      await stateBecomes('InService');
      await world.see(
        Client,
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
        {
          AutoScalingGroups: [{ DesiredCapacity: 2 }],
        },
      );
    },
    withInstances,
  ),
  contract(
    'protects an instance from scaling in, and no longer',
    async (world) => {
      const { name: AutoScalingGroupName, ids } = await fleet(world);
      const protect = (ProtectedFromScaleIn: boolean) =>
        new SetInstanceProtectionCommand({
          AutoScalingGroupName,
          InstanceIds: ids.slice(0, 1),
          ProtectedFromScaleIn,
        });
      const isProtected = (expected: boolean) =>
        members(world, [AutoScalingGroupName], (list) =>
          list.some(
            ({ InstanceId, ProtectedFromScaleIn }) =>
              InstanceId === ids[0] && ProtectedFromScaleIn === expected,
          ),
        );
      await world.see(Client, protect(true), {});
      await isProtected(true);
      await world.see(Client, protect(false), {});
      await isProtected(false);
    },
    withInstances,
  ),
  contract(
    'ends an instance with its place',
    async (world) => {
      const { name, ids } = await fleet(world);
      const end = { InstanceId: ids[0], ShouldDecrementDesiredCapacity: true };
      await world.see(Client, new TerminateInstanceInAutoScalingGroupCommand(end), {
        Activity: { AutoScalingGroupName: name },
      });
      await world.until(async () => (await groupOf(world, name)).Instances?.length === 1);
      await world.see(Client, new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }), {
        AutoScalingGroups: [{ DesiredCapacity: 1 }],
      });
    },
    withInstances,
  ),
  contract(
    'tells what a group did: a launch for each instance',
    async (world) => {
      const { name: AutoScalingGroupName } = await fleet(world);
      await world.see(Client, new DescribeScalingActivitiesCommand({ AutoScalingGroupName }), {
        Activities: (list: { StatusCode: string; AutoScalingGroupName: string }[]) =>
          list.length === 2 &&
          list.every(
            (one) => one.StatusCode === 'Successful' && one.AutoScalingGroupName === AutoScalingGroupName,
          ),
      });
    },
    {
      ...withInstances,
      ...differs(
        'moto',
        'DescribeScalingActivities',
        'lists nothing',
        `${api}API_DescribeScalingActivities.html`,
      ),
    },
  ),
];

export const autoscaling: readonly Contract[] = [...groups, ...fleets];
