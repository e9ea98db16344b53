import { Table } from '../../../lib/aws/table';
import { everyApplication, type FreezeItem, Freezes, holdsAt } from '../../../lib/engine/freeze';
import { Locks } from '../../../lib/engine/lock';
import type { LockItem } from '../../../lib/engine/lockItem';
import { cloudWithTables, environment } from '../support/tables';

const now = Date.UTC(2026, 10, 22, 8);
const hour = 3_600_000;
const asked = { application: 'api', reason: 'on-sale day', by: 'ada', at: now };

const stack = () => {
  const { cloud, dynamodb } = cloudWithTables();
  return {
    freezes: new Freezes(new Table<FreezeItem>(dynamodb, environment.tables.locks)),
    locks: new Locks(new Table<LockItem>(dynamodb, environment.tables.locks)),
    run: <T>(work: () => Promise<T>) => cloud.run(work),
  };
};

test('A freeze holds who, when, why and until when', async () => {
  const { freezes, run } = stack();
  await run(() => freezes.freeze({ ...asked, until: now + hour }));
  expect(await run(() => freezes.of('api', now + 1))).toEqual([
    { fleet: 'freeze:api', ...asked, until: now + hour },
  ]);
});

test('Another application is not frozen, and a freeze of all holds for every application', async () => {
  const { freezes, run } = stack();
  await run(() => freezes.freeze(asked));
  expect(await run(() => freezes.of('web', now))).toEqual([]);
  await run(() => freezes.freeze({ ...asked, application: everyApplication }));
  expect((await run(() => freezes.of('web', now))).map(({ fleet }) => fleet)).toEqual(['freeze:*']);
  expect(await run(() => freezes.of('api', now))).toHaveLength(2);
});

test('A freeze requested twice with the same words stays the first one', async () => {
  const { freezes, run } = stack();
  await run(() => freezes.freeze(asked));
  expect(await run(() => freezes.freeze({ ...asked, at: now + hour }))).toEqual({
    freeze: { fleet: 'freeze:api', ...asked },
  });
});

test('Of two freezes the later end holds; what it replaced is told', async () => {
  const { freezes, run } = stack();
  await run(() => freezes.freeze({ ...asked, until: now + hour }));
  const later = { ...asked, reason: 'longer', by: 'bob', at: now + 1, until: now + 2 * hour };
  const { instead } = await run(() => freezes.freeze(later));
  expect(instead?.reason).toBe('on-sale day');
  expect((await run(() => freezes.of('api', now + hour)))[0]).toMatchObject(later);
});

test.each([
  ['one that ends later', now + 2 * hour],
  ['one without an end', undefined],
])('A shorter freeze leaves %s as it is, unless it says so', async (_, until) => {
  const { freezes, run } = stack();
  const long = { ...asked, ...(until !== undefined && { until }) };
  await run(() => freezes.freeze(long));
  const short = { ...asked, by: 'bob', reason: 'short', at: now + 1, until: now + hour };
  expect(await run(() => freezes.freeze(short))).toEqual({ freeze: { fleet: 'freeze:api', ...long } });
  const { freeze, instead } = await run(() => freezes.freeze(short, true));
  expect([freeze.until, instead?.by]).toEqual([now + hour, 'ada']);
});

test('Of two freezes at the same moment none is lost: the later end holds, whoever writes last', async () => {
  const { freezes, run } = stack();
  const asks = [3, 1, 2].map((hours) => ({ ...asked, by: String(hours), until: now + hours * hour }));
  await run(() => Promise.all(asks.map((one) => freezes.freeze(one))));
  expect(await run(() => freezes.of('api', now))).toMatchObject([{ by: '3', until: now + 3 * hour }]);
});

test.each([
  ['before its end', now + hour - 1, 1],
  ['at its end', now + hour, 0],
])(
  'A freeze %s holds or is over by the clock, whether its item is still there or not',
  async (_, at, count) => {
    const { freezes, run } = stack();
    await run(() => freezes.freeze({ ...asked, until: now + hour }));
    expect(await run(() => freezes.of('api', at))).toHaveLength(count);
  },
);

test('A lifted freeze holds no more, and keeps who lifted it; lifting it again does nothing', async () => {
  const { freezes, run } = stack();
  await run(() => freezes.freeze(asked));
  expect(await run(() => freezes.unfreeze('api', 'bob', now + 1))).toMatchObject({
    ...asked,
    liftedBy: 'bob',
    liftedAt: now + 1,
  });
  expect(await run(() => freezes.of('api', now + 2))).toEqual([]);
  expect(await run(() => freezes.unfreeze('api', 'carol', now + 3))).toBeUndefined();
  expect(await run(() => freezes.unfreeze('web', 'carol', now + 3))).toBeUndefined();
});

test('A freeze that has run out cannot be lifted; what was lifted can be frozen again', async () => {
  const { freezes, run } = stack();
  await run(() => freezes.freeze({ ...asked, until: now + hour }));
  expect(await run(() => freezes.unfreeze('api', 'bob', now + hour))).toBeUndefined();
  await run(() => freezes.freeze({ ...asked, at: now + hour }));
  await run(() => freezes.unfreeze('api', 'bob', now + hour + 1));
  const again = { ...asked, at: now + 2 * hour };
  expect(await run(() => freezes.freeze(again))).toEqual({ freeze: { fleet: 'freeze:api', ...again } });
  expect(holdsAt({}, now)).toBe(true);
});

test('A freeze is no lock: the fleet of the same name is free, and none is listed as held', async () => {
  const { freezes, locks, run } = stack();
  await run(() => freezes.freeze(asked));
  expect(await run(() => locks.read('api'))).toBeUndefined();
  expect(await run(() => locks.held())).toEqual([]);
});
