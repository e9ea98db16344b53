import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  ExitStandbyCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { Effect } from '../../../lib/engine/effect';
import { endStandby, standbyEffect } from '../../../lib/image/standbyEffect';
import { putBackInstance } from '../../../lib/image/putBack';
import { environment } from '../support/tables';
import { contextOf, effectOf } from '../compensation/fakeContext';
import { commandEffect } from '../../../lib/provisioning/commandEffect';

const mock = mockClient(AutoScalingClient);
const ssm = mockClient(SSMClient);
const clients = { autoScaling: new AutoScalingClient({}), ssm: new SSMClient({}) };

const standby = effectOf(standbyEffect, { target: 'i-9', before: 'InService', wrote: 'Standby' });
const throttled = Object.assign(new Error('slow down'), { name: 'Throttling' });

/** A group that carries out its calls. The changing call number `failing` dies before or after its effect. */
const groupThat = (
  start: { desired: number; max: number; lifecycle?: string },
  failing?: { call: number; after: boolean },
) => {
  const group = { desired: start.desired, lifecycle: start.lifecycle ?? 'Standby' };
  const done: string[] = [];
  let calls = 0;
  const change = (name: string, effect: () => void) => {
    calls += 1;
    const dies = calls === failing?.call;
    if (dies && !failing?.after) throw throttled;
    done.push(name);
    effect();
    if (dies) throw throttled;
    return {};
  };
  mock.on(DescribeAutoScalingGroupsCommand).callsFake(() => ({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'web',
        MinSize: 1,
        MaxSize: start.max,
        DesiredCapacity: group.desired,
        Instances: group.lifecycle === '' ? [] : [{ InstanceId: 'i-9', LifecycleState: group.lifecycle }],
      },
    ],
  }));
  mock.on(SetDesiredCapacityCommand).callsFake(({ DesiredCapacity }: { DesiredCapacity: number }) =>
    change('raise', () => {
      group.desired = DesiredCapacity;
    }),
  );
  mock.on(TerminateInstanceInAutoScalingGroupCommand).callsFake(() =>
    change('terminate', () => {
      group.lifecycle = '';
    }),
  );
  return { group, done };
};

const contextWith = (...effects: Effect[]) => {
  const warnings: string[] = [];
  const context = contextOf({ effects });
  Object.assign(context.core, { environment });
  Object.assign(context.core.records, {
    warn: (_: string, ...more: string[]) => {
      warnings.push(...more);
      return Promise.resolve();
    },
  });
  const effect = () => {
    const found = context.effects.get(standby.item);
    return found && standbyEffect.is(found) ? found : standby;
  };
  return { context, warnings, effect };
};
const sealed = effectOf(commandEffect, {
  target: 'seal',
  before: null,
  wrote: {},
  result: { commandId: 'c-1' },
});

/** Both ways in which an instance in standby ends. The second one could not unseal it. */
const ways = {
  Restore: async ({ context, effect }: ReturnType<typeof contextWith>) => {
    const settled = await endStandby(context, clients.autoScaling, effect());
    return settled?.state;
  },
  PutBack: async ({ context, effect }: ReturnType<typeof contextWith>) => {
    const ended = await putBackInstance(context, clients, effect());
    return 'over' in ended ? ended.over : ended;
  },
} as const;

beforeEach(() => {
  mock.reset();
  // Systems Manager no longer knows the instance, so it cannot be unsealed.
  ssm.reset();
  ssm.rejects(Object.assign(new Error('gone'), { name: 'InvalidInstanceId' }));
});

const deaths = [
  ['before its first call', { call: 1, after: false }],
  ['after its first call', { call: 1, after: true }],
  ['before its second call', { call: 2, after: false }],
  ['after its second call', { call: 2, after: true }],
] as const;

describe.each(['Restore', 'PutBack'] as const)('%s ends an instance that must not serve again', (way) => {
  test('The instance gives its place back first, and never gets into the load balancer', async () => {
    const { group, done } = groupThat({ desired: 3, max: 8 });
    const stood = contextWith(standby, sealed);
    await ways[way](stood);
    expect(done).toEqual(['raise', 'terminate']);
    expect(group).toEqual({ desired: 4, lifecycle: '' });
    expect(mock.commandCalls(ExitStandbyCommand)).toHaveLength(0);
  });

  test.each(deaths)('No place is lost if the function dies %s', async (_, failing) => {
    const { group } = groupThat({ desired: 3, max: 8 }, failing);
    const stood = contextWith(standby, sealed);
    await expect(ways[way](stood)).rejects.toBe(throttled);
    expect(await ways[way](stood)).toBe(way === 'Restore' ? 'undone' : 'terminated');
    expect(group).toEqual({ desired: 4, lifecycle: '' });
    expect(stood.warnings).toHaveLength(way === 'Restore' ? 0 : 1);
  });

  test('The capacity stays as scaling has changed it meanwhile', async () => {
    const { group } = groupThat({ desired: 3, max: 8 }, { call: 2, after: false });
    const stood = contextWith(standby, sealed);
    await expect(ways[way](stood)).rejects.toBe(throttled);
    group.desired = 7;
    await ways[way](stood);
    expect(group).toEqual({ desired: 7, lifecycle: '' });
  });

  test('The capacity is not raised if the maximum leaves no room', async () => {
    const { group, done } = groupThat({ desired: 8, max: 8 });
    await ways[way](contextWith(standby, sealed));
    expect(done).toEqual(['terminate']);
    expect(group.desired).toBe(8);
  });
});

test('If PutBack dies while it ends an instance, Restore finishes it', async () => {
  const { group } = groupThat({ desired: 3, max: 8 }, { call: 1, after: true });
  const stood = contextWith(standby, sealed);
  await expect(ways.PutBack(stood)).rejects.toBe(throttled);
  expect(await ways.Restore(stood)).toBe('undone');
  expect(group).toEqual({ desired: 4, lifecycle: '' });
});
