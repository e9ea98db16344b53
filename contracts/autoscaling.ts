import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  CreateAutoScalingGroupCommand,
  DeletePolicyCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
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
  RollbackInstanceRefreshCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { type Contract, differs } from './contract';
import type { World } from './world';

const Client = AutoScalingClient;

const contract = (holds: string, run: Contract['run'], more: Partial<Contract> = {}): Contract => ({
  service: 'autoscaling',
  holds,
  run,
  ...more,
});

const withInstances = { notOn: { ministack: 'its groups hold no instances' } };
const api = 'https://docs.aws.amazon.com/autoscaling/ec2/APIReference/';
const noRefresh = { error: 'ActiveInstanceRefreshNotFoundFault' };
const noGroup = { error: 'ValidationError' };
const other = 'no-such-group';

interface Member {
  readonly InstanceId: string;
  readonly LifecycleState: string;
  readonly ProtectedFromScaleIn: boolean;
}

interface Group {
  readonly MinSize: number;
  readonly DesiredCapacity: number;
  readonly SuspendedProcesses?: readonly { readonly ProcessName: string }[];
  readonly Instances?: readonly Member[];
}

const groupOf = async (world: World, name: string): Promise<Group> => {
  const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  return (await world.send(Client, ask)).AutoScalingGroups?.[0] as Group;
};

/** An empty group. */
const group = async (world: World, desired = 0): Promise<string> => {
  const { templateId, subnetIds } = await world.host.ground();
  const AutoScalingGroupName = world.name('contract');
  await world.send(
    Client,
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: 0,
      MaxSize: 4,
      DesiredCapacity: desired,
      VPCZoneIdentifier: subnetIds.join(','),
      LaunchTemplate: { LaunchTemplateId: templateId, Version: '1' },
    }),
  );
  return AutoScalingGroupName;
};

/** A group with two instances in service. */
const fleet = async (world: World) => {
  const name = await group(world, 2);
  let ids: string[] = [];
  await world.until(async () => {
    const { Instances = [] } = await groupOf(world, name);
    ids = Instances.flatMap(({ InstanceId, LifecycleState }) =>
      LifecycleState === 'InService' ? InstanceId : [],
    );
    return ids.length === 2;
  });
  return { name, ids };
};

const members = (world: World, AutoScalingGroupNames: string[], expected: (list: Member[]) => boolean) =>
  world.see(Client, new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }), {
    AutoScalingGroups: [{ Instances: (list?: Member[]) => expected(list ?? []) }],
  });

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

/** Two instances in service, where a group holds any. */
const replaceable = async (world: World) =>
  world.host.name === 'ministack' ? { name: await group(world, 2) } : fleet(world);

const refreshing = async (world: World) => {
  const AutoScalingGroupName = await group(world, 2);
  const begun = await world.send(Client, new StartInstanceRefreshCommand({ AutoScalingGroupName }));
  return { AutoScalingGroupName, InstanceRefreshId: begun.InstanceRefreshId };
};

/** MiniStack has no instances to replace. */
const atOnce = 'ends a refresh at once';

const refreshes: readonly Contract[] = [
  contract('starts an instance refresh, and tells of it by its id until it has ended well', async (world) => {
    const { name: AutoScalingGroupName } = await replaceable(world);
    const start = { AutoScalingGroupName, Preferences: { MinHealthyPercentage: 90 } };
    const { InstanceRefreshId } = await world.see(Client, new StartInstanceRefreshCommand(start), {
      InstanceRefreshId: /^[\da-f-]{36}$/,
    });
    const ask = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName });
    await world.until(
      async () => (await world.send(Client, ask)).InstanceRefreshes?.[0]?.EndTime !== undefined,
    );
    await world.see(Client, ask, {
      InstanceRefreshes: [
        { InstanceRefreshId, AutoScalingGroupName, Status: 'Successful', PercentageComplete: 100 },
      ],
    });
  }),
  contract(
    'runs one instance refresh at a time',
    async (world) => {
      const { AutoScalingGroupName } = await refreshing(world);
      await world.refused(Client, new StartInstanceRefreshCommand({ AutoScalingGroupName }), {
        error: 'InstanceRefreshInProgressFault',
      });
    },
    differs('ministack', 'StartInstanceRefresh', atOnce, `${api}API_StartInstanceRefresh.html`),
  ),
  contract(
    'cancels an instance refresh that runs',
    async (world) => {
      const { AutoScalingGroupName, InstanceRefreshId } = await refreshing(world);
      await world.see(Client, new CancelInstanceRefreshCommand({ AutoScalingGroupName }), {
        InstanceRefreshId,
      });
      await world.see(Client, new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }), {
        InstanceRefreshes: [{ InstanceRefreshId, Status: /^Cancell(ing|ed)$/ }],
      });
    },
    differs('ministack', 'CancelInstanceRefresh', atOnce, `${api}API_CancelInstanceRefresh.html`),
  ),
  contract('cancels no refresh where none runs', async (world) => {
    const AutoScalingGroupName = await group(world);
    await world.refused(Client, new CancelInstanceRefreshCommand({ AutoScalingGroupName }), noRefresh);
  }),
  contract('rolls back no refresh where none runs', async (world) => {
    const AutoScalingGroupName = await group(world);
    await world.refused(Client, new RollbackInstanceRefreshCommand({ AutoScalingGroupName }), noRefresh);
  }),
];

export const autoscaling: readonly Contract[] = [...groups, ...fleets, ...refreshes];
