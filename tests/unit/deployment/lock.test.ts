import { Table } from '../../../lib/aws/table';
import { type LockItem, Locks } from '../../../lib/deployment/lock';
import { cloudWithTables, environment } from '../support/tables';

const now = Date.UTC(2026, 10, 22, 8);
const wanted = (owner: string) => ({ fleet: 'api', owner, deployment: `${owner}-deployment`, now });

const stage = () => {
  const { cloud, dynamodb } = cloudWithTables();
  const locks = new Locks(new Table<LockItem>(dynamodb, environment.tables.locks));
  return { locks, run: <T>(work: () => Promise<T>) => cloud.run(work) };
};

test('a free lock is taken, a held one is not, and tells who holds it', async () => {
  const { locks, run } = stage();
  expect(await run(() => locks.take(wanted('a')))).toEqual({ hold: { fleet: 'api', owner: 'a', fence: 1 } });
  expect(await run(() => locks.take(wanted('b')))).toMatchObject({
    heldBy: { owner: 'a', fence: 1, deployment: 'a-deployment' },
  });
});

test('taking what one holds already succeeds with the same fence: a retry after a lost answer', async () => {
  const { locks, run } = stage();
  await run(() => locks.take(wanted('a')));
  expect(await run(() => locks.take(wanted('a')))).toMatchObject({ hold: { owner: 'a', fence: 1 } });
});

test('of many that try at once exactly one gets it', async () => {
  const { locks, run } = stage();
  const taken = await run(() => Promise.all(['a', 'b', 'c', 'd'].map((owner) => locks.take(wanted(owner)))));
  expect(taken.filter((result) => 'hold' in result)).toHaveLength(1);
});

test('the fence grows with every owner, also over a release', async () => {
  const { locks, run } = stage();
  await run(() => locks.take(wanted('a')));
  await run(() => locks.release('api', ['a']));
  expect(await run(() => locks.take(wanted('b')))).toMatchObject({ hold: { owner: 'b', fence: 2 } });
});

test('only the owner lets go', async () => {
  const { locks, run } = stage();
  await run(() => locks.take(wanted('a')));
  expect(await run(() => locks.release('api', ['b']))).toBe(false);
  expect((await run(() => locks.read('api')))?.owner).toBe('a');
});

test('a lock is taken over under what was seen of it, and not if it changed since', async () => {
  const { locks, run } = stage();
  await run(() => locks.take(wanted('a')));
  const seen = await run(() => locks.read('api'));
  expect(await run(() => locks.take(wanted('b'), seen))).toMatchObject({ hold: { owner: 'b', fence: 2 } });
  expect(await run(() => locks.take(wanted('c'), seen))).toMatchObject({ heldBy: { owner: 'b', fence: 2 } });
});

describe('the guard', () => {
  test('lets the owner pass under its fence', async () => {
    const { locks, run } = stage();
    await run(() => locks.take(wanted('a')));
    await expect(run(() => locks.guard({ fleet: 'api', owner: 'a', fence: 1 }))).resolves.toBeUndefined();
  });

  test.each([
    ['another owner', { fleet: 'api', owner: 'b', fence: 1 }],
    ['an older fence', { fleet: 'api', owner: 'a', fence: 0 }],
    ['another fleet', { fleet: 'web', owner: 'a', fence: 1 }],
  ])('refuses %s', async (_, hold) => {
    const { locks, run } = stage();
    await run(() => locks.take(wanted('a')));
    await expect(run(() => locks.guard(hold))).rejects.toMatchObject({ name: 'LockLost' });
  });

  test('refuses the owner that is to halt, but not its compensation; the first halt stays', async () => {
    const { locks, run } = stage();
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
    const { locks, run } = stage();
    await run(() => locks.take(wanted('a')));
    await run(() => locks.halt({ fleet: 'api', owner: 'a' }, { by: 'ada', reason: 'wrong tag' }));
    await run(() => locks.release('api', ['a']));
    await run(() => locks.take(wanted('b')));
    await expect(run(() => locks.guard({ fleet: 'api', owner: 'b', fence: 2 }))).resolves.toBeUndefined();
  });
});

test('all held locks can be listed', async () => {
  const { locks, run } = stage();
  await run(() => locks.take(wanted('a')));
  await run(() => locks.take({ ...wanted('b'), fleet: 'web' }));
  await run(() => locks.release('web', ['b']));
  expect((await run(() => locks.held())).map(({ fleet }) => fleet)).toEqual(['api']);
});
