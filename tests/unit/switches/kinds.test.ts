import { program } from '../../../cli/main';
import { UnreadableSwitch } from '../../../lib/switches/base/definition';
import type { SwitchItem } from '../../../lib/switches/base/item';
import { definitionOf, readAnySwitch, type SwitchKind, switchKinds } from '../../../lib/switches/kinds';
import { contextWith, keptTerminal } from '../cli/support';

const now = Date.UTC(2026, 10, 22, 8);
const made: Record<SwitchKind, object> = {
  access: { port: 22, cidr: '203.0.113.7/32', securityGroup: 'sg-1' },
  maintenance: { listeners: ['arn:listener'], targetGroupNames: ['forseti-api-1'] },
  prewarm: { group: 'api', capacity: 50, startsAt: now, endsAt: now + 1, formerMinimum: 2, units: 0 },
};
const stored = (kind: string, more: object = {}): SwitchItem => ({
  application: 'api',
  switch: kind,
  kind,
  by: 'ada',
  at: now,
  made: made[kind as SwitchKind],
  ...more,
});
const kinds = Object.keys(switchKinds);

test.each(kinds)('An item of %s is read with its format, and without any', (kind) => {
  expect(readAnySwitch(stored(kind))).toEqual(stored(kind));
  expect(readAnySwitch(stored(kind, { format: 1 }))).toEqual(stored(kind, { format: 1 }));
});

test.each<[string, object, RegExp]>([
  ['of a newer format', { format: 2 }, /written in format 2, .* reads 1 at most\. Deploy the newer version/],
  ['of an unknown kind', { kind: 'scale' }, /of kind scale, which this version of Forseti does not know/],
  ['that lacks something', { made: { port: 22, cidr: '::/0' } }, /lacks securityGroup, .*Remove by hand/],
])('An item %s is refused by name, with what to do', (_, more, message) => {
  const read = () => readAnySwitch(stored('access', more));
  expect(read).toThrow(UnreadableSwitch);
  expect(read).toThrow(message);
});

test.each<[SwitchKind, string, unknown]>([
  ['access', 'port', '22'],
  ['access', 'securityGroupRule', 7],
  ['maintenance', 'listeners', 'arn:listener'],
  ['maintenance', 'targetGroupNames', [7]],
  ['maintenance', 'fixedResponse', 'yes'],
  ['prewarm', 'capacity', undefined],
  ['prewarm', 'formerUnits', { 'arn:balancer': 'many' }],
])('An item of %s whose %s is %j is refused', (kind, name, value) => {
  const read = () => readAnySwitch(stored(kind, { made: { ...made[kind], [name]: value } }));
  expect(read).toThrow(new RegExp(`it lacks ${name}, or has another type there`));
});

test('Later notes may be in the item', () => {
  const formerUnits = { 'arn:one': null, 'arn:two': 300 };
  const later = { ...made.prewarm, balancers: ['arn:one'], reserveAt: now, formerUnits, toldShort: true };
  expect(readAnySwitch(stored('prewarm', { made: later })).made).toEqual(later);
});

test('An item of one kind is not read as one of another', () => {
  expect(() => switchKinds.prewarm.read(stored('access'))).toThrow(/its kind is access, expected prewarm/);
});

test.each(kinds)('The command that ends %s can be typed as it is shown', (kind) => {
  const item = readAnySwitch(stored(kind));
  const [forseti, ...words] = definitionOf(item).offCommand(item).split(' ');
  expect(forseti).toBe('forseti');
  const typed: string[][] = [];
  const command = program(contextWith(keptTerminal()));
  const collect = (one: typeof command): void => {
    if (one.commands.length === 0) one.action((...given: unknown[]) => void typed.push(given.map(String)));
    one.commands.forEach(collect);
  };
  collect(command);
  command.parse(words, { from: 'user' });
  expect(typed).toHaveLength(1);
  expect(typed[0]?.[0]).toBe('api');
});
