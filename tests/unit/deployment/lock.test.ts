import { Table } from '../../../lib/aws/table';
import { Locks } from '../../../lib/engine/lock';
import type { LockItem } from '../../../lib/engine/lockItem';
import { cloudWithTables, environment } from '../support/tables';

const now = Date.UTC(2026, 10, 22, 8);
const wanted = (owner: string) => ({ fleet: 'api', owner, deployment: `${owner}-deployment`, now });

const stack = () => {
  const { cloud, dynamodb } = cloudWithTables();
  const locks = new Locks(new Table<LockItem>(dynamodb, environment.tables.locks));
  return { locks, run: <T>(work: () => Promise<T>) => cloud.run(work) };
};

test('a free lock is taken, a held one is not, and tells who holds it', async () => {
  const { locks, run } = stack();
  expect(await run(() => locks.take(wanted('a')))).toEqual({ hold: { fleet: 'api', owner: 'a', fence: 1 } });
  expect(await run(() => locks.take(wanted('b')))).toMatchObject({
    heldBy: { owner: 'a', fence: 1, deployment: 'a-deployment' },
  });
});

test('taking what one holds already succeeds with the same fence: a retry after a lost answer', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  expect(await run(() => locks.take(wanted('a')))).toMatchObject({ hold: { owner: 'a', fence: 1 } });
});

test('of many that try at once exactly one gets it', async () => {
  const { locks, run } = stack();
  const taken = await run(() => Promise.all(['a', 'b', 'c', 'd'].map((owner) => locks.take(wanted(owner)))));
  expect(taken.filter((result) => 'hold' in result)).toHaveLength(1);
});

test('the fence grows with every owner, also over a release', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  await run(() => locks.release('api', ['a']));
  expect(await run(() => locks.take(wanted('b')))).toMatchObject({ hold: { owner: 'b', fence: 2 } });
});

test('only the owner lets go', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  expect(await run(() => locks.release('api', ['b']))).toBe(false);
  expect((await run(() => locks.read('api')))?.owner).toBe('a');
});

test('a lock is taken over under what was seen of it, and not if it changed since', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  const seen = await run(() => locks.read('api'));
  expect(await run(() => locks.take(wanted('b'), seen))).toMatchObject({ hold: { owner: 'b', fence: 2 } });
  expect(await run(() => locks.take(wanted('c'), seen))).toMatchObject({ heldBy: { owner: 'b', fence: 2 } });
});

describe('the guard', () => {
  test('lets the owner pass under its fence', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await expect(run(() => locks.guard({ fleet: 'api', owner: 'a', fence: 1 }))).resolves.toBeUndefined();
  });

  test.each([
    ['another owner', { fleet: 'api', owner: 'b', fence: 1 }],
    ['an older fence', { fleet: 'api', owner: 'a', fence: 0 }],
    ['another fleet', { fleet: 'web', owner: 'a', fence: 1 }],
  ])('refuses %s', async (_, hold) => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await expect(run(() => locks.guard(hold))).rejects.toMatchObject({ name: 'LockLost' });
  });

  test('refuses the owner that is to halt, but not its compensation; the first halt stays', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await run(() => locks.halt({ fleet: 'api', owner: 'a' }, { by: 'ada', reason: 'wrong tag' }));
    await run(() => locks.halt({ fleet: 'api', owner: 'a' }, { by: 'bob', reason: 'other' }));
    const hold = { fleet: 'api', owner: 'a', fence: 1 };
    await expect(run(() => locks.guard(hold))).rejects.toMatchObject({
      name: 'Halted',
      message: 'Halted by ada: wrong tag',
    });
    await expect(run(() => locks.guard(hold, true))).resolves.toBeUndefined();
  });

  test('a release forgets the halt', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await run(() => locks.halt({ fleet: 'api', owner: 'a' }, { by: 'ada', reason: 'wrong tag' }));
    await run(() => locks.release('api', ['a']));
    await run(() => locks.take(wanted('b')));
    await expect(run(() => locks.guard({ fleet: 'api', owner: 'b', fence: 2 }))).resolves.toBeUndefined();
  });
});

test('all held locks can be listed', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  await run(() => locks.take({ ...wanted('b'), fleet: 'web' }));
  await run(() => locks.release('web', ['b']));
  expect((await run(() => locks.held())).map(({ fleet }) => fleet)).toEqual(['api']);
});

describe('a rollback takes over from the deployment that it halts', () => {
  const halt = (owner: string) => ({
    by: 'rollback-1',
    reason: 'sales are down',
    handOver: { owner, deployment: `${owner}-deployment` },
  });
  /** `a` deploys, and rollback `r` has asked for its lock. */
  const asked = async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    const seen = { fleet: 'api', fence: 1, owner: 'a' };
    expect(await run(() => locks.haltFor(seen, halt('r')))).toMatchObject({ done: true });
    return { locks, run, seen, hold: { fleet: 'api', owner: 'a', fence: 1 } };
  };
  const to = { owner: 'r', deployment: 'r-deployment' };

  test('who asks first gets it: another rollback is refused, asking again is not', async () => {
    const { locks, run, seen } = await asked();
    expect(await run(() => locks.haltFor(seen, halt('s')))).toMatchObject({ done: false });
    expect(await run(() => locks.haltFor(seen, halt('r')))).toMatchObject({ done: true });
  });

  test('it takes the place of a person’s halt', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await run(() => locks.halt({ fleet: 'api', owner: 'a' }, { by: 'ada', reason: 'wrong tag' }));
    await run(() => locks.haltFor({ fleet: 'api', fence: 1, owner: 'a' }, halt('r')));
    expect((await run(() => locks.read('api')))?.halt).toEqual(halt('r'));
  });

  test('of a lock that has changed hands since it was seen, it halts nobody', async () => {
    const { locks, run, seen } = await asked();
    await run(() => locks.release('api', ['a']));
    await run(() => locks.take(wanted('b')));
    expect(await run(() => locks.haltFor(seen, halt('r')))).toMatchObject({ done: false });
    expect((await run(() => locks.read('api')))?.halt).toBeUndefined();
  });

  test('nothing is handed over before the owner has agreed, nor to another', async () => {
    const { locks, run, hold } = await asked();
    expect(await run(() => locks.handOver('api', to, now, 'rollback'))).toBe(false);
    expect(await run(() => locks.agreeToHandOver(hold))).toEqual(to);
    const other = { owner: 's', deployment: 's-deployment' };
    expect(await run(() => locks.handOver('api', other, now, 'rollback'))).toBe(false);
    expect(await run(() => locks.handOver('api', to, now, 'rollback'))).toBe(true);
    const lock = await run(() => locks.read('api'));
    expect(lock).toMatchObject({ owner: 'r', deployment: 'r-deployment', fence: 2 });
    expect([lock?.halt, lock?.handing]).toEqual([undefined, undefined]);
    await expect(run(() => locks.guard(hold, true))).rejects.toMatchObject({ name: 'LockLost' });
  });

  test('the wish can be taken back until the owner agrees, and not after', async () => {
    const { locks, run, hold } = await asked();
    expect(await run(() => locks.withdraw('api', 'r'))).toBe(true);
    expect(await run(() => locks.agreeToHandOver(hold))).toBeUndefined();
    // The halt itself stands: the owner undoes everything.
    await expect(run(() => locks.guard(hold))).rejects.toMatchObject({ name: 'Halted' });
    const again = await asked();
    await again.run(() => again.locks.agreeToHandOver(again.hold));
    expect(await again.run(() => again.locks.withdraw('api', 'r'))).toBe(false);
    expect(await again.run(() => again.locks.withdraw('api', 'nobody'))).toBe(true);
  });
});

describe('the note of the last rollback', () => {
  test.each([
    ['stays while somebody mends', 'mending', 'automatic rollback', true],
    ['ends with a person’s deployment', 'person', 'automatic rollback', undefined],
    ['is a person’s after his own rollback', 'rollback', 'automatic rollback', false],
    ['is an alarm’s after an automatic one', 'automatic rollback', 'rollback', true],
  ] as const)('%s', async (_, act, before, automatic) => {
    const { locks, run } = stack();
    await run(() => locks.take({ ...wanted('r'), act: before }));
    await run(() => locks.release('api', ['r']));
    await run(() => locks.take({ ...wanted('next'), act }));
    expect((await run(() => locks.read('api')))?.rolledBack?.automatic).toBe(automatic);
  });
});

describe('the one place to wait in', () => {
  const waiting = (deployment: string, since: number) => ({ deployment, since });
  test('is the newest request’s; the older one is told of, the newer one is not displaced', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    expect(await run(() => locks.queue('api', waiting('b', 10)))).toEqual({});
    expect(await run(() => locks.queue('api', waiting('b', 10)))).toEqual({});
    expect(await run(() => locks.queue('api', waiting('c', 20)))).toEqual({ instead: 'b' });
    expect(await run(() => locks.queue('api', waiting('b', 10)))).toEqual({ newer: waiting('c', 20) });
  });

  test('outlasts a change of the owner, and is given up only by who has it', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await run(() => locks.queue('api', waiting('b', 10)));
    await run(() => locks.release('api', ['a']));
    await run(() => locks.leaveQueue('api', 'nobody'));
    expect((await run(() => locks.read('api')))?.waiting).toEqual(waiting('b', 10));
    await run(() => locks.leaveQueue('api', 'b'));
    expect((await run(() => locks.read('api')))?.waiting).toBeUndefined();
  });

  test('can be taken on a fleet that never had a lock', async () => {
    const { locks, run } = stack();
    await run(() => locks.queue('api', waiting('b', 10)));
    expect(await run(() => locks.take(wanted('b')))).toMatchObject({ hold: { fence: 1 } });
  });

  test('who got the lock last stays known, so that what waited since before is overtaken', async () => {
    const { locks, run } = stack();
    await run(() => locks.take({ ...wanted('a'), since: 20 }));
    await run(() => locks.release('api', ['a']));
    await run(() => locks.take({ ...wanted('r'), act: 'rollback' }));
    await run(() => locks.take({ ...wanted('m'), act: 'mending' }, { fleet: 'api', fence: 2, owner: 'r' }));
    expect((await run(() => locks.read('api')))?.latest).toEqual(waiting('a-deployment', 20));
  });
});
