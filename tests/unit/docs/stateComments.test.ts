import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Machine {
  readonly States: Readonly<Record<string, { readonly Comment?: string }>>;
}

const folder = 'statemachines';
const machines = readdirSync(folder);
const commentsOf = (file: string): (readonly [string, string])[] => {
  const { States } = parse(readFileSync(`${folder}/${file}`, 'utf8'), { merge: true }) as Machine;
  return Object.entries(States).map(([state, { Comment }]) => [state, Comment ?? '']);
};

describe('The comments of the states, which the Step Functions console shows', () => {
  test.each(machines)('The comments say in a sentence or two what each state of %s does', (file) => {
    expect(commentsOf(file).filter(([, comment]) => !/^[A-Z].{15,125}\.$/.test(comment))).toEqual([]);
  });

  test('The comments distinguish the success of a rollback from a failure that was undone', () => {
    const rollback = Object.fromEntries(commentsOf('rollback.yml'));
    expect(rollback['RolledBack']).toMatch(/^Success: /);
    expect(rollback['Restored']).toMatch(/^Failure, undone: /);
  });
});
