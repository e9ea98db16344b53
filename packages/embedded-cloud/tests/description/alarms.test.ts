import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudChecks } from '../../src/description/checks';
import { cloudOptions } from '../../src/description/options';

const cloudOf = (description: unknown) => {
  const parsed = parseDescription(description);
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  return { cloud, cloudwatch: cloud.region(cloud.home).service('cloudwatch') };
};

const problemsOf = (alarms: object) =>
  cloudChecks(parseDescription({ alarms })).map(({ path, message }) => `${path.join('.')} ${message}`);

test('A described composite alarm follows the alarms that it names, whatever their order.', async () => {
  const { cloud, cloudwatch } = cloudOf({
    alarms: {
      health: { rule: 'ALARM(errors) OR ALARM(latency)' },
      errors: { rings: [{ in: '20m', for: '15m' }] },
      latency: {},
    },
  });
  const value = () => cloudwatch.alarm('health')?.stateValue;
  expect(value()).toBe('OK');
  await cloud.advance(20 * 60_000 + 1_000);
  expect(value()).toBe('ALARM');
  await cloud.advance(15 * 60_000);
  expect(value()).toBe('OK');
});

test('A rule that cannot be is refused before anything is made.', () => {
  expect(
    problemsOf({
      syntax: { rule: 'ALARM(' },
      missing: { rule: 'ALARM(gone)' },
      ringing: { rule: 'TRUE', rings: [{ in: '1m' }] },
      one: { rule: 'ALARM(other)' },
      other: { rule: 'ALARM(one)' },
    }),
  ).toEqual([
    "alarms.syntax.rule Error in AlarmRule [Unsupported token '' at char 6]",
    'alarms.missing.rule names gone, which alarms does not hold in that region; add it there',
    'alarms.ringing.rings stands beside a rule: the state of a composite alarm follows from the alarms that it names',
    'alarms.one.rule looks at itself by way of other alarms',
    'alarms.other.rule looks at itself by way of other alarms',
  ]);
});
