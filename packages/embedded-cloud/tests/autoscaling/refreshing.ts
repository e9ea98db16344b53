import type { InstanceRefresh, RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import type { World } from './world';

/** Version 2. The group starts with version 1. */
export const desired = { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '2' } };

export const start = (
  world: World,
  preferences: RefreshPreferences = {},
  configuration: object | undefined = desired,
) =>
  world.send<{ InstanceRefreshId: string }>('StartInstanceRefresh', {
    Preferences: preferences,
    ...(configuration ? { DesiredConfiguration: configuration } : {}),
  });

export const newest = async (world: World): Promise<InstanceRefresh> => {
  const { InstanceRefreshes } = await world.send<{ InstanceRefreshes: InstanceRefresh[] }>(
    'DescribeInstanceRefreshes',
  );
  return InstanceRefreshes[0] ?? {};
};

/** The minimum of healthy targets and the maximum of instances, sampled every five seconds. */
export const watch = async (world: World, ms: number) => {
  let [fewest, most] = [Infinity, 0];
  for (let waited = 0; waited < ms; waited += 5000) {
    await world.region.advance(5000);
    const members = Object.values(world.group.instances);
    const serving = members.filter(
      ({ id, lifecycle }) => lifecycle === 'InService' && world.health[id] === 'healthy',
    );
    const counted = members.filter(
      ({ lifecycle }) => lifecycle === 'InService' || lifecycle.startsWith('Pending'),
    );
    fewest = Math.min(fewest, serving.length);
    most = Math.max(most, counted.length);
  }
  return { fewest, most };
};
