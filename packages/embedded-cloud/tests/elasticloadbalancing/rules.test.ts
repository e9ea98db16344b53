import type {
  CreateRuleOutput,
  DescribeCapacityReservationOutput,
  DescribeRulesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { makeServiceQuotas } from '../../src/services/servicequotas';
import { person } from '../support/fakeRegion';
import { makeWorld } from './world';

const minuteMs = 60_000;

const stand = () => {
  const world = makeWorld();
  world.region.add('servicequotas', makeServiceQuotas(world.region));
  const [listener] = Object.values(world.elb.state.listeners);
  const [balancer] = Object.values(world.elb.state.loadBalancers);
  const listenerArn = listener?.arn ?? '';
  const rule = (more: object = {}) => ({
    ListenerArn: listenerArn,
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: [
      {
        Type: 'fixed-response',
        FixedResponseConfig: { StatusCode: '503', ContentType: 'text/html', MessageBody: 'soon' },
      },
    ],
    Tags: [{ Key: 'acme:switch', Value: 'maintenance' }],
    ...more,
  });
  return { ...world, listenerArn, balancerArn: balancer?.arn ?? '', rule };
};

test('A rule wins over those with greater numbers and the default one, until it is deleted', async () => {
  const { send, elb, rule, addHealthy, listenerArn } = stand();
  addHealthy();
  expect(await elb.request({ name: 'api' })).toMatchObject({ status: 200, body: 'v1' });
  const { Rules: [made] = [] } = await send<CreateRuleOutput>('CreateRule', rule());
  expect(await elb.request({ name: 'api' })).toMatchObject({
    status: 503,
    body: 'soon',
    headers: { 'content-type': 'text/html' },
  });
  const { Rules: shown = [] } = await send<DescribeRulesOutput>('DescribeRules', {
    ListenerArn: listenerArn,
  });
  expect(shown.map(({ Priority }) => Priority).sort()).toEqual(['10', 'default']);
  await send('DeleteRule', { RuleArn: made?.RuleArn });
  expect(await elb.request({ name: 'api' })).toMatchObject({ status: 200 });
  await expect(send('DeleteRule', { RuleArn: made?.RuleArn })).rejects.toMatchObject({
    code: 'RuleNotFound',
  });
});

test('A rule is for the hosts and paths that it names', async () => {
  const { send, elb, rule, addHealthy } = stand();
  addHealthy();
  await send(
    'CreateRule',
    rule({
      Conditions: [
        { Field: 'host-header', Values: ['*.example.com'] },
        { Field: 'path-pattern', Values: ['/shop/*'] },
      ],
    }),
  );
  const status = async (host: string, path: string) =>
    (await elb.request({ name: 'api', host, path })).status;
  expect([
    await status('WWW.example.com', '/shop/a'),
    await status('www.example.org', '/shop/a'),
    await status('www.example.com', '/Shop/a'),
  ]).toEqual([503, 200, 200]);
});

test.each([
  ['a number that is taken', { Priority: 10 }, 'PriorityInUse'],
  ['number 0', { Priority: 0 }, 'ValidationError'],
  ['a number beyond 50000', { Priority: 50_001 }, 'ValidationError'],
  ['no condition', { Priority: 11, Conditions: [] }, 'ValidationError'],
  [
    'six condition values',
    { Priority: 11, Conditions: [{ Field: 'path-pattern', Values: ['/1', '/2', '/3', '/4', '/5', '/6'] }] },
    'ValidationError',
  ],
  [
    'a body of 1025 characters',
    {
      Priority: 11,
      Actions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: { StatusCode: '503', MessageBody: 'x'.repeat(1_025) },
        },
      ],
    },
    'ValidationError',
  ],
  [
    'a status of 300',
    { Priority: 11, Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '300' } }] },
    'ValidationError',
  ],
  [
    'an unknown listener',
    { Priority: 11, ListenerArn: 'arn:aws:elasticloadbalancing:x' },
    'ListenerNotFound',
  ],
])('CreateRule refuses %s', async (_what, more, code) => {
  const { send, rule } = stand();
  await send('CreateRule', rule());
  await expect(send('CreateRule', rule(more))).rejects.toMatchObject({ code });
});

test('A load balancer holds 100 rules, and its default rule stays', async () => {
  const { send, elb, rule } = stand();
  const [fixed] = Object.values(elb.state.rules);
  await expect(send('DeleteRule', { RuleArn: fixed?.arn })).rejects.toMatchObject({
    code: 'OperationNotPermitted',
  });
  for (let index = 1; index <= 100; index += 1) await send('CreateRule', rule({ Priority: index }));
  await expect(send('CreateRule', rule({ Priority: 101 }))).rejects.toMatchObject({ code: 'TooManyRules' });
});

test('Making a rule asks for the listener and for its tags, deleting it for the rule with its tags', async () => {
  const { send, elb, region, rule, listenerArn } = stand();
  expect(elb.actions.CreateRule?.requires(rule(), region, person)).toMatchObject([
    {
      action: 'elasticloadbalancing:CreateRule',
      resource: listenerArn,
      context: { 'aws:requesttag/acme:switch': 'maintenance' },
    },
    {
      action: 'elasticloadbalancing:AddTags',
      context: { 'elasticloadbalancing:createaction': 'CreateRule' },
    },
  ]);
  const { Rules: [made] = [] } = await send<CreateRuleOutput>('CreateRule', rule());
  expect(elb.actions.DeleteRule?.requires({ RuleArn: made?.RuleArn }, region, person)).toMatchObject([
    {
      action: 'elasticloadbalancing:DeleteRule',
      resource: made?.RuleArn,
      context: { 'aws:resourcetag/acme:switch': 'maintenance' },
    },
  ]);
});

describe('Reserved capacity', () => {
  const modify = (units: number) => ({ MinimumLoadBalancerCapacity: { CapacityUnits: units } });

  test('Is pending at first, cannot be changed meanwhile, and is there some minutes later', async () => {
    const { send, region, balancerArn } = stand();
    const change = (more: object) =>
      send('ModifyCapacityReservation', { LoadBalancerArn: balancerArn, ...more });
    const seen = () =>
      send<DescribeCapacityReservationOutput>('DescribeCapacityReservation', {
        LoadBalancerArn: balancerArn,
      });
    await change(modify(100));
    expect((await seen()).CapacityReservationState?.[0]?.State?.Code).toBe('pending');
    await expect(change(modify(200))).rejects.toMatchObject({ code: 'CapacityReservationPending' });
    await region.advance(5 * minuteMs);
    expect(await seen()).toMatchObject({
      MinimumLoadBalancerCapacity: { CapacityUnits: 100 },
      DecreaseRequestsRemaining: 2,
    });
    await change({ ResetCapacityReservation: true });
    expect(await seen()).toEqual(
      expect.not.objectContaining({ MinimumLoadBalancerCapacity: expect.anything() as unknown }),
    );
  });

  test('Is lowered twice a day at most', async () => {
    const { send, region, balancerArn } = stand();
    const change = async (more: object): Promise<void> => {
      await send('ModifyCapacityReservation', { LoadBalancerArn: balancerArn, ...more });
      await region.advance(5 * minuteMs);
    };
    for (const units of [400, 300, 200]) await change(modify(units));
    await expect(change(modify(100))).rejects.toMatchObject({ code: 'CapacityDecreaseRequestLimitExceeded' });
    await region.advance(24 * 60 * minuteMs);
    await change(modify(100));
  });

  test.each([
    ['less than 100', modify(99), 'ValidationError'],
    ['more than the quota', modify(6_001), 'CapacityUnitsLimitExceeded'],
    ['nothing at all', {}, 'ValidationError'],
  ])('Is refused for %s', async (_what, more, code) => {
    const { send, balancerArn } = stand();
    await expect(
      send('ModifyCapacityReservation', { LoadBalancerArn: balancerArn, ...more }),
    ).rejects.toMatchObject({ code });
  });
});
