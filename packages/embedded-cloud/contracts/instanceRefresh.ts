import {
  CancelInstanceRefreshCommand,
  DescribeInstanceRefreshesCommand,
  RollbackInstanceRefreshCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { type Contract, differs } from './contract';
import type { World } from './world';

import { Client, contract, api, noRefresh, group, fleet } from './autoScalingGroup';

const replaceable = async (world: World) =>
  world.host.name === 'ministack' ? { name: await group(world, 2) } : fleet(world);

const refreshing = async (world: World) => {
  const AutoScalingGroupName = await group(world, 2);
  const begun = await world.send(Client, new StartInstanceRefreshCommand({ AutoScalingGroupName }));
  return { AutoScalingGroupName, InstanceRefreshId: begun.InstanceRefreshId };
};

/** MiniStack has no instances to replace. */
const atOnce = 'ends a refresh at once';

export const instanceRefresh: readonly Contract[] = [
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
