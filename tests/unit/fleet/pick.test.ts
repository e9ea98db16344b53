import { pickOne } from '../../../lib/fleet/pick';
import { healthyEverywhere, isServing } from '../../../lib/fleet/targetGroups';

const ids = ['i-1', 'i-2', 'i-3', 'i-4'];

describe('Picking one instance', () => {
  test('The same deployment picks the same instance, in whatever order they come', () => {
    expect(pickOne([...ids].reverse(), 'shop-v2')).toBe(pickOne(ids, 'shop-v2'));
  });

  test('The choice stays when another instance goes', () => {
    const chosen = pickOne(ids, 'shop-v2');
    const other = ids.find((id) => id !== chosen);
    expect(
      pickOne(
        ids.filter((id) => id !== other),
        'shop-v2',
      ),
    ).toBe(chosen);
  });

  test('Each instance has its chance', () => {
    const chosen = Array.from({ length: 400 }, (_, index) => pickOne(ids, `shop-v${String(index)}`));
    for (const id of ids) expect(chosen.filter((one) => one === id).length).toBeGreaterThan(60);
  });

  test('None is picked of none', () => {
    expect(pickOne([], 'shop-v2')).toBeUndefined();
  });
});

describe('The health of an instance', () => {
  const member = {
    id: 'i-1',
    zone: 'eu-west-1a',
    lifecycle: 'InService',
    healthy: true,
    type: undefined,
    launchTemplateVersion: undefined,
    protectedFromScaleIn: false,
  };
  const health = (states: Record<string, string>) => new Map([['i-1', states]]);

  test.each([
    [{ a: 'healthy', b: 'healthy' }, true],
    [{ a: 'healthy', b: 'initial' }, false],
    [{ a: 'healthy', b: 'draining' }, false],
    [{ a: 'healthy' }, false],
    [{}, false],
  ])('With %j in the target groups a and b, the instance is healthy everywhere: %s', (states, healthy) => {
    expect(healthyEverywhere(health(states), 'i-1', ['a', 'b'])).toBe(healthy);
  });

  test('An instance does not serve if its group calls it unhealthy, or if it is no member', () => {
    expect(isServing(member, health({ a: 'healthy' }), ['a'])).toBe(true);
    expect(isServing({ ...member, healthy: false }, health({ a: 'healthy' }), ['a'])).toBe(false);
    expect(isServing(undefined, health({ a: 'healthy' }), ['a'])).toBe(false);
  });
});
