import type {
  DescribeListenersOutput,
  DescribeLoadBalancersOutput,
  DescribeRulesOutput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { person } from '../support/fakeRegion';
import { makeWorld } from './world';

const nowhere = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/none/0123456789abcdef';

describe('DescribeTargetHealth', () => {
  test('Gives state and reason of all targets, or of those asked for, registered or not', async () => {
    const { send, elb, group, addHealthy, addInstance } = makeWorld();
    const healthy = addHealthy();
    const draining = addHealthy();
    const stranger = addInstance();
    elb.deregister(group.arn, draining.id);
    const all = await send<DescribeTargetHealthOutput>('DescribeTargetHealth');
    expect(all.TargetHealthDescriptions).toEqual([
      { Target: { Id: healthy.id, Port: 80 }, HealthCheckPort: '80', TargetHealth: { State: 'healthy' } },
      expect.objectContaining({
        TargetHealth: {
          State: 'draining',
          Reason: 'Target.DeregistrationInProgress',
          Description: 'Target deregistration is in progress',
        },
      }),
    ]);
    const one = await send<DescribeTargetHealthOutput>('DescribeTargetHealth', {
      Targets: [{ Id: stranger.id }],
    });
    expect(one.TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
  });

  test('Lists a fleet of 350', async () => {
    const { send, addHealthy } = makeWorld();
    for (let index = 0; index < 350; index += 1) addHealthy();
    const all = await send<DescribeTargetHealthOutput>('DescribeTargetHealth');
    expect(all.TargetHealthDescriptions).toHaveLength(350);
  });

  test.each([
    ['an instance that does not exist', { Targets: [{ Id: 'i-00000000000000abc' }] }, 'InvalidTarget'],
    ['an unknown target group', { TargetGroupArn: nowhere }, 'TargetGroupNotFound'],
    ['something that is no ARN', { TargetGroupArn: 'api' }, 'ValidationError'],
  ])('Refuses %s', async (_what, input, code) => {
    const { send } = makeWorld();
    await expect(send('DescribeTargetHealth', input)).rejects.toMatchObject({ code });
  });
});

describe('RegisterTargets and DeregisterTargets', () => {
  test('Register all or none, and only what runs', async () => {
    const { send, addInstance, launch, health } = makeWorld();
    const running = addInstance();
    const pending = launch();
    const call = send('RegisterTargets', { Targets: [{ Id: running.id }, { Id: pending.id }] });
    await expect(call).rejects.toMatchObject({ code: 'InvalidTarget' });
    expect(health(running.id)).toBe('unused');
    await send('RegisterTargets', { Targets: [{ Id: running.id }] });
    expect(health(running.id)).toBe('initial');
  });

  test('Deregister what is not there without a word', async () => {
    const { send, heard } = makeWorld();
    await send('DeregisterTargets', { Targets: [{ Id: 'i-00000000000000abc' }] });
    expect(heard).toEqual([]);
  });

  test('Need the action on the target group, with its tags', () => {
    const { elb, group, region } = makeWorld({ tags: { 'acme:application': 'api' } });
    const input = { TargetGroupArn: group.arn, Targets: [] };
    expect(elb.actions['RegisterTargets']?.requires(input, region, person)).toEqual([
      {
        action: 'elasticloadbalancing:RegisterTargets',
        resource: group.arn,
        context: {
          'aws:resourcetag/acme:application': 'api',
          'elasticloadbalancing:resourcetag/acme:application': 'api',
        },
      },
    ]);
  });
});

describe('DescribeTargetGroups', () => {
  test('Gives AWS defaults, by ARN or by name', async () => {
    const { region, group, send } = makeWorld();
    for (const input of [{ TargetGroupArns: [group.arn] }, { Names: ['api'] }, {}]) {
      const found = await region.send<DescribeTargetGroupsOutput>(
        'elasticloadbalancing',
        'DescribeTargetGroups',
        input,
      );
      expect(found.TargetGroups).toMatchObject([
        { TargetGroupArn: group.arn, HealthCheckIntervalSeconds: 30, HealthyThresholdCount: 5 },
      ]);
    }
    const { Attributes = [] } = await send<DescribeTargetGroupAttributesOutput>(
      'DescribeTargetGroupAttributes',
    );
    expect(Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '300' });
  });

  test.each([[{ TargetGroupArns: [nowhere] }], [{ Names: ['none'] }]])(
    'Refuses a group that does not exist: %j',
    async (input) => {
      const { region } = makeWorld();
      const call = region.send('elasticloadbalancing', 'DescribeTargetGroups', input);
      await expect(call).rejects.toMatchObject({ code: 'TargetGroupNotFound' });
    },
  );

  test('Leads from the load balancer over listener and rule to the group', async () => {
    const { region, group } = makeWorld();
    const ask = <Output>(action: string, input: object) =>
      region.send<Output>('elasticloadbalancing', action, input);
    const { LoadBalancers = [] } = await ask<DescribeLoadBalancersOutput>('DescribeLoadBalancers', {});
    const { Listeners = [] } = await ask<DescribeListenersOutput>('DescribeListeners', {
      LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
    });
    const { Rules = [] } = await ask<DescribeRulesOutput>('DescribeRules', {
      ListenerArn: Listeners[0]?.ListenerArn,
    });
    expect(Rules).toMatchObject([
      { Priority: 'default', IsDefault: true, Actions: [{ Type: 'forward', TargetGroupArn: group.arn }] },
    ]);
  });
});
