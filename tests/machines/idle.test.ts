/** An idle stack on the embedded cloud, held against what `forseti install` says that it costs. */
import { idleMonth } from '../../cli/install/idleMonth';
import { compileStack } from '../../cli/local/stack';
import { startTestStack } from './support/testStack';

jest.setTimeout(120_000);

const hours = 12;
const timesAMonth = (30 * 24) / hours;

/** Quantities by their names on the bill, in so many idle hours, and by month. */
const idle = async (regions: readonly string[]) => {
  const { cloud } = await startTestStack({
    group: { instances: 2 },
    cloud: { regions },
    watchesInstances: true,
    watchesDrift: true,
  });
  // Every schedule has run once.
  await cloud.advance(13 * 3_600_000);
  const quantities = () => new Map(cloud.cost().items.map(({ what, quantity }) => [what, quantity]));
  const before = quantities();
  await cloud.advance(hours * 3_600_000);
  const after = quantities();
  return (what: string) => ((after.get(what) ?? 0) - (before.get(what) ?? 0)) * timesAMonth;
};

const expectNear = (said: number, seen: number): void => {
  expect(said).toBeGreaterThan(0.8 * seen);
  expect(said).toBeLessThan(1.25 * seen);
};

test.each([
  ['one region', ['eu-west-1']],
  ['two regions', ['eu-west-1', 'eu-central-1']],
])(
  'In %s, an idle month has the runs, reads, writes and messages that its costs say',
  async (_what, regions) => {
    const hasStandby = regions.length > 1;
    const seen = await idle(regions);
    const { lines } = idleMonth((await compileStack(process.cwd())).template, { hasStandby });
    const said = (...names: readonly string[]) =>
      regions.length *
      lines.filter(({ what }) => names.includes(what)).reduce((sum, { quantity }) => sum + quantity, 0);
    expectNear(said('schedules', 'probe'), seen('Lambda requests'));
    expectNear(said('reads of tables'), seen('DynamoDB reads'));
    // The embedded cloud counts no poll of Lambda, and a write to a global table once.
    if (hasStandby) expectNear(said('messages of the probe'), seen('SQS requests'));
    if (hasStandby) expectNear(said('writes of tables') / 2, seen('DynamoDB writes'));
  },
);
