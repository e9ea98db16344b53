import type { Group, Member } from '../../../lib/fleet/group';
import { type FleetFacts, mayReplace, notServingYet } from '../../../lib/replacement/mayReplace';

const member = (id: string, more: Partial<Member> = {}): Member => ({
  id,
  zone: 'eu-west-1a',
  lifecycle: 'InService',
  healthy: true,
  type: 't3.micro',
  launchTemplateVersion: '1',
  protectedFromScaleIn: false,
  ...more,
});
const targets = 'arn:targets';

const facts = (more: {
  members?: readonly Member[];
  group?: Partial<Group>;
  ill?: readonly string[];
  refreshing?: boolean;
  frozen?: readonly string[];
}): FleetFacts => {
  const instances = more.members ?? [member('i-1'), member('i-2'), member('i-3')];
  return {
    group: {
      name: 'api',
      suspended: [],
      targetGroupArns: [targets],
      desired: instances.length,
      instances,
      ...more.group,
    } as unknown as Group,
    health: new Map(
      instances.map(({ id }) => [id, { [targets]: more.ill?.includes(id) ? 'unhealthy' : 'healthy' }]),
    ),
    refreshing: more.refreshing ?? false,
    frozen: more.frozen ?? [],
  };
};

test.each([
  ['is healthy', {}],
  ['is ill itself', { ill: ['i-1'] }],
  ['is protected from scale-in', { members: [member('i-1', { protectedFromScaleIn: true }), member('i-2')] }],
  [
    'is none of those in Standby',
    { members: [member('i-1'), member('i-2'), member('i-3', { lifecycle: 'Standby' })] },
  ],
])('An instance may be replaced that %s', (_, more) => {
  expect(mayReplace('i-1', facts(more))).toEqual({ problems: [] });
});

test.each([
  ['is no member', { members: [member('i-2')] }],
  ['is on its way out', { members: [member('i-1', { lifecycle: 'Terminating:Wait' }), member('i-2')] }],
])('An instance that %s is gone', (_, more) => {
  expect(mayReplace('i-1', facts(more))).toBe('gone');
});

test.each([
  [
    'it is not in service',
    { members: [member('i-1', { lifecycle: 'Standby' }), member('i-2')] },
    'i-1 is Standby',
  ],
  ['a refresh runs', { refreshing: true }, 'An instance refresh of api runs'],
  [
    'nothing would be launched',
    { group: { suspended: ['Launch', 'AZRebalance'] } },
    'Launch of api is suspended',
  ],
  [
    'the group is not settled',
    { members: [member('i-1'), member('i-2'), member('i-3', { lifecycle: 'Pending' })] },
    'i-3 (Pending)',
  ],
  ['others are ill', { ill: ['i-2'] }, 'Others are not healthy in all target groups: i-2'],
  ['it is the only one that serves', { members: [member('i-1')] }, '--desired-capacity 2'],
  ['deployments are frozen', { frozen: ['api is frozen by ada: "on-sale".'] }, 'frozen by ada'],
])('An instance may not be replaced while %s, which is the only obstacle reported', (_, more, told) => {
  const verdict = mayReplace('i-1', facts(more));
  expect(verdict).toEqual({ problems: [expect.stringContaining(told)] });
});

test('All obstacles are reported together', () => {
  const verdict = mayReplace(
    'i-1',
    facts({ members: [member('i-1')], refreshing: true, group: { suspended: ['Launch', 'Terminate'] } }),
  );
  expect(verdict).toMatchObject({ problems: { length: 3 } });
});

test('A fleet serves again when as many instances serve without the old one as the group wants', () => {
  const still = facts({});
  expect(notServingYet('i-1', still)).toBe('i-1 is still in service in api.');
  const short = facts({ members: [member('i-2'), member('i-3')], group: { desired: 3 } });
  expect(notServingYet('i-1', short)).toBe('2 of 3 instances of api serve.');
  const newcomer = [member('i-1', { lifecycle: 'Terminating' }), member('i-2'), member('i-3'), member('i-4')];
  expect(notServingYet('i-1', facts({ members: newcomer, group: { desired: 3 } }))).toBeUndefined();
  expect(notServingYet('i-1', facts({ members: newcomer, group: { desired: 3 }, ill: ['i-4'] }))).toBe(
    '2 of 3 instances of api serve.',
  );
});
