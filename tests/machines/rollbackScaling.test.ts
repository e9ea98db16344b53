import {
  AttachLoadBalancerTargetGroupsCommand,
  AutoScalingClient,
  DetachLoadBalancerTargetGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '@forseti/embedded-cloud';
import { minuteMs, software } from './support/acts';
import { refusedByIam } from './support/calls';
import { failing } from './support/failing';
import { looseEnds, noLooseEnds, recordOf, told } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const golden = { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } };
const cloud = {
  loadBalancers: {
    front: {
      listeners: [
        { targetGroup: 'api', rules: [{ priority: 10, hosts: ['a.example.com'], targetGroup: 'blue' }] },
      ],
    },
  },
  targetGroups: { blue: {} },
};
const counting = (targetGroup: string) => ({
  ...golden,
  targetGroups: [targetGroup],
  scaling: {
    policies: {
      req: { type: 'target-tracking', metric: 'ALBRequestCountPerTarget', target: 100, targetGroup },
    },
  },
});
const arnOf = (stack: TestStack, name: string): string =>
  Object.keys(stack.region.service('elasticloadbalancing').state.targetGroups).find((arn) =>
    arn.includes(`targetgroup/${name}/`),
  ) ?? '';
const labels = (stack: TestStack) =>
  Object.values(stack.region.service('autoscaling').state.policies).map(
    ({ target }) => target?.predefined?.ResourceLabel,
  );

const toBlue = async (stack: TestStack): Promise<void> => {
  const client = stack.session.connect(AutoScalingClient);
  const group = { AutoScalingGroupName: 'api' };
  await client.send(
    new AttachLoadBalancerTargetGroupsCommand({ ...group, TargetGroupARNs: [arnOf(stack, 'blue')] }),
  );
  await stack.cloud.advance(5 * minuteMs);
  await client.send(
    new DetachLoadBalancerTargetGroupsCommand({ ...group, TargetGroupARNs: [arnOf(stack, 'api')] }),
  );
  await stack.cloud.advance(10 * minuteMs);
};

/** v2 counts the requests of one target group; then the group moves to another, and v3 counts those. */
const moved = async (): Promise<TestStack> => {
  const stack = await startTestStack({ cloud, settings: golden });
  await stack.store(counting(arnOf(stack, 'api')));
  expect((await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2')).outcome).toBe('Deployed');
  await toBlue(stack);
  await stack.store(counting(arnOf(stack, 'blue')));
  expect((await stack.deploy({ application: 'api', version: 'v3' }, 'to-v3')).outcome).toBe('Deployed');
  await stack.cloud.advance(10 * minuteMs);
  return stack;
};

test('A rollback over a change of target group counts the requests of the one that the group has now', async () => {
  const stack = await moved();
  const ended = await stack.rollBack();
  expect([ended.outcome, ended.end, software(stack)]).toEqual(['RolledBack', undefined, ['v2']]);
  expect(labels(stack)).toEqual([expect.stringContaining('targetgroup/blue/')]);
  expect((await recordOf(stack, 'rollback-1'))?.besides?.scaling.join()).toMatch(
    /counts the requests of api, which is not attached to the group any more: it counts those of blue now/,
  );
  expect(told(stack).at(-1)?.message).toMatch(/counts those of blue now/);
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});

test('A policy that AWS refuses after the fleet has gone back is a warning, and the fleet stays back', async () => {
  const stack = await startTestStack({ settings: golden });
  const cpu = (target: number) => ({
    ...golden,
    scaling: { policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target } } },
  });
  await stack.store(cpu(40));
  expect((await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2')).outcome).toBe('Deployed');
  await stack.store(cpu(70));
  expect((await stack.deploy({ application: 'api', version: 'v3' }, 'to-v3')).outcome).toBe('Deployed');
  stack.cloud.faults = {
    call: ({ action }) =>
      action === 'PutScalingPolicy'
        ? { before: new AwsError('ValidationError', 'The policy is not valid.', { statusCode: 400 }) }
        : undefined,
  };
  const ended = await stack.rollBack();
  expect([ended.outcome, software(stack)]).toEqual(['RolledBack', ['v2']]);
  expect((await recordOf(stack, 'rollback-1'))?.warnings?.join()).toMatch(
    /scaling policy forseti-cpu of v2 could not be set, and stays as it is \(ValidationError/,
  );
  expect(told(stack).at(-1)?.message).toMatch(/Warning: The scaling policy forseti-cpu/);
});

test('A rollback whose state SetScaling always dies has gone back all the same', async () => {
  const stack = await startTestStack({ settings: golden });
  expect((await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2')).outcome).toBe('Deployed');
  stack.cloud.faults = failing('dies before its effect', ['SetScaling']);
  const ended = await stack.rollBack();
  expect([ended.outcome, software(stack)]).toEqual(['RolledBack', ['v1']]);
  expect(ended.path.slice(-5)).toEqual(['SetScaling', 'CompleteRollback', 'Unlock', 'Outcome', 'RolledBack']);
  expect((await recordOf(stack, 'rollback-1'))?.warnings?.join()).toMatch(/^SetScaling had failed/);
  expect(told(stack).at(-1)?.message).toMatch(/Warning: SetScaling had failed/);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});

test('What cannot be read of policies and alarms beforehand keeps no fleet from going back', async () => {
  const stack = await startTestStack({ settings: golden });
  expect((await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2')).outcome).toBe('Deployed');
  stack.cloud.faults = {
    call: ({ caller, service }) =>
      service === 'cloudwatch' && caller.name.endsWith('-PreflightRollback')
        ? { before: new AwsError('InternalFailure', 'down', { statusCode: 500 }) }
        : undefined,
  };
  const ended = await stack.rollBack();
  expect([ended.outcome, software(stack)]).toEqual(['RolledBack', ['v1']]);
  expect((await recordOf(stack, 'rollback-1'))?.besides?.scaling.join()).toMatch(/could not be read before/);
});
