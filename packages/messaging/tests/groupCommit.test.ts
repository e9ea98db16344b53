import { GroupCommit } from '../src/groupCommit';
import { gate } from './support';

const done = { status: 'fulfilled', value: undefined } as const;

test('What arrives while a write is under way goes together with the next, two of one id apart', async () => {
  const groups: string[][] = [];
  const { opened, open } = gate();
  const begun = gate();
  const commits = new GroupCommit<{ id: string }>(10, async (pieces) => {
    groups.push(pieces.map(({ id }) => id));
    begun.open();
    await opened;
    return pieces.map(() => done);
  });
  const first = commits.add({ id: 'a' });
  await begun.opened;
  const others = ['b', 'c', 'b'].map((id) => commits.add({ id }));
  open();
  await Promise.all([first, ...others]);
  expect(groups).toEqual([['a'], ['b', 'c'], ['b']]);
});

test('Each piece learns its own end; a group that fails as a whole fails each, and the next goes on', async () => {
  let groups = 0;
  const commits = new GroupCommit<{ id: string }>(2, async (pieces) => {
    groups += 1;
    if (groups === 2) throw new Error('all lost');
    return pieces.map(({ id }) => (id === 'b' ? { status: 'rejected', reason: new Error('lost') } : done));
  });
  const ends = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((id) => commits.add({ id })));
  expect(ends.map((end) => (end.status === 'fulfilled' ? 'fine' : (end.reason as Error).message))).toEqual([
    'fine',
    'lost',
    'all lost',
    'all lost',
    'fine',
  ]);
});
