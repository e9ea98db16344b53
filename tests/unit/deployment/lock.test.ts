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

test('A free lock is taken, a held one is not, and names its owner', async () => {
  const { locks, run } = stack();
  expect(await run(() => locks.take(wanted('a')))).toEqual({ hold: { fleet: 'api', owner: 'a', fence: 1 } });
  expect(await run(() => locks.take(wanted('b')))).toMatchObject({
    heldBy: { owner: 'a', fence: 1, deployment: 'a-deployment' },
  });
});

test('The owner that takes its lock again succeeds with the same fence: a retry after a lost answer', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  expect(await run(() => locks.take(wanted('a')))).toMatchObject({ hold: { owner: 'a', fence: 1 } });
});

test('Of many that try at once exactly one gets the lock', async () => {
  const { locks, run } = stack();
  const taken = await run(() => Promise.all(['a', 'b', 'c', 'd'].map((owner) => locks.take(wanted(owner)))));
  expect(taken.filter((result) => 'hold' in result)).toHaveLength(1);
});

test('The fence grows with every owner, also after a release', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  await run(() => locks.release('api', ['a']));
  expect(await run(() => locks.take(wanted('b')))).toMatchObject({ hold: { owner: 'b', fence: 2 } });
});

test('Only the owner can release the lock', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  expect(await run(() => locks.release('api', ['b']))).toBe(false);
  expect((await run(() => locks.read('api')))?.owner).toBe('a');
});

test('A lock is taken over only if it has not changed since it was read', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  const seen = await run(() => locks.read('api'));
  expect(await run(() => locks.take(wanted('b'), seen))).toMatchObject({ hold: { owner: 'b', fence: 2 } });
  expect(await run(() => locks.take(wanted('c'), seen))).toMatchObject({ heldBy: { owner: 'b', fence: 2 } });
});

describe('The guard', () => {
  test('The guard lets the owner pass under its fence', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await expect(run(() => locks.guard({ fleet: 'api', owner: 'a', fence: 1 }))).resolves.toBeUndefined();
  });

  test.each([
    ['another owner', { fleet: 'api', owner: 'b', fence: 1 }],
    ['an older fence', { fleet: 'api', owner: 'a', fence: 0 }],
    ['another fleet', { fleet: 'web', owner: 'a', fence: 1 }],
  ])('The guard refuses %s', async (_, hold) => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await expect(run(() => locks.guard(hold))).rejects.toMatchObject({ name: 'LockLost' });
  });

  test('The guard refuses the owner that is to halt, but not its compensation; the first halt stays', async () => {
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

  test('A release removes the halt', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await run(() => locks.halt({ fleet: 'api', owner: 'a' }, { by: 'ada', reason: 'wrong tag' }));
    await run(() => locks.release('api', ['a']));
    await run(() => locks.take(wanted('b')));
    await expect(run(() => locks.guard({ fleet: 'api', owner: 'b', fence: 2 }))).resolves.toBeUndefined();
  });
});

test('All held locks can be listed', async () => {
  const { locks, run } = stack();
  await run(() => locks.take(wanted('a')));
  await run(() => locks.take({ ...wanted('b'), fleet: 'web' }));
  await run(() => locks.release('web', ['b']));
  expect((await run(() => locks.held())).map(({ fleet }) => fleet)).toEqual(['api']);
});

describe('A rollback that takes over from the deployment that it halts', () => {
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

  test('The first rollback that asks gets the lock: another one is refused, a repeated request is not', async () => {
    const { locks, run, seen } = await asked();
    expect(await run(() => locks.haltFor(seen, halt('s')))).toMatchObject({ done: false });
    expect(await run(() => locks.haltFor(seen, halt('r')))).toMatchObject({ done: true });
  });

  test("A rollback replaces a person's halt", async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await run(() => locks.halt({ fleet: 'api', owner: 'a' }, { by: 'ada', reason: 'wrong tag' }));
    await run(() => locks.haltFor({ fleet: 'api', fence: 1, owner: 'a' }, halt('r')));
    expect((await run(() => locks.read('api')))?.halt).toEqual(halt('r'));
  });

  test('If the lock has changed hands since it was read, nothing is halted', async () => {
    const { locks, run, seen } = await asked();
    await run(() => locks.release('api', ['a']));
    await run(() => locks.take(wanted('b')));
    expect(await run(() => locks.haltFor(seen, halt('r')))).toMatchObject({ done: false });
    expect((await run(() => locks.read('api')))?.halt).toBeUndefined();
  });

  test('Nothing is handed over before the owner has agreed, nor to another', async () => {
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

  test('The request for the lock can be withdrawn until the owner agrees, and not after', async () => {
    const { locks, run, hold } = await asked();
    expect(await run(() => locks.withdraw('api', 'r'))).toBe(true);
    expect(await run(() => locks.agreeToHandOver(hold))).toBeUndefined();
    // The halt itself stays: the owner undoes everything.
    await expect(run(() => locks.guard(hold))).rejects.toMatchObject({ name: 'Halted' });
    const again = await asked();
    await again.run(() => again.locks.agreeToHandOver(again.hold));
    expect(await again.run(() => again.locks.withdraw('api', 'r'))).toBe(false);
    expect(await again.run(() => again.locks.withdraw('api', 'nobody'))).toBe(true);
  });
});

describe('The note of the last rollback', () => {
  test.each([
    ['stays during a repair', 'mending', 'automatic rollback', true],
    ['ends with a person’s deployment', 'person', 'automatic rollback', undefined],
    ['is a person’s after a person’s rollback', 'rollback', 'automatic rollback', false],
    ['is an alarm’s after an automatic one', 'automatic rollback', 'rollback', true],
  ] as const)('The note %s', async (_, act, before, automatic) => {
    const { locks, run } = stack();
    await run(() => locks.take({ ...wanted('r'), act: before }));
    await run(() => locks.release('api', ['r']));
    await run(() => locks.take({ ...wanted('next'), act }));
    expect((await run(() => locks.read('api')))?.rolledBack?.automatic).toBe(automatic);
  });
});

describe("The one place of the fleet's queue", () => {
  const waiting = (deployment: string, since: number) => ({ deployment, since });
  test('The newest request has the place; the older one is returned, and the newer one is not displaced', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    expect(await run(() => locks.queue('api', waiting('b', 10)))).toEqual({});
    expect(await run(() => locks.queue('api', waiting('b', 10)))).toEqual({});
    expect(await run(() => locks.queue('api', waiting('c', 20)))).toEqual({ instead: 'b' });
    expect(await run(() => locks.queue('api', waiting('b', 10)))).toEqual({ newer: waiting('c', 20) });
  });

  test('The place outlasts a change of the owner, and is given up only by the request that has it', async () => {
    const { locks, run } = stack();
    await run(() => locks.take(wanted('a')));
    await run(() => locks.queue('api', waiting('b', 10)));
    await run(() => locks.release('api', ['a']));
    await run(() => locks.leaveQueue('api', 'nobody'));
    expect((await run(() => locks.read('api')))?.waiting).toEqual(waiting('b', 10));
    await run(() => locks.leaveQueue('api', 'b'));
    expect((await run(() => locks.read('api')))?.waiting).toBeUndefined();
  });

  test('The place can be taken on a fleet that never had a lock', async () => {
    const { locks, run } = stack();
    await run(() => locks.queue('api', waiting('b', 10)));
    expect(await run(() => locks.take(wanted('b')))).toMatchObject({ hold: { fence: 1 } });
  });

  test('The last owner of the lock stays known, so that a request that waited since before is overtaken', async () => {
    const { locks, run } = stack();
    await run(() => locks.take({ ...wanted('a'), since: 20 }));
    await run(() => locks.release('api', ['a']));
    await run(() => locks.take({ ...wanted('r'), act: 'rollback' }));
    await run(() => locks.take({ ...wanted('m'), act: 'mending' }, { fleet: 'api', fence: 2, owner: 'r' }));
    expect((await run(() => locks.read('api')))?.latest).toEqual(waiting('a-deployment', 20));
  });
});
