import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { stepTexts } from '../../../cli/views/stepTexts';

interface Machine {
  readonly States: Readonly<Record<string, { readonly Type: string }>>;
}

const statesOf = (machine: string): string[] => {
  const file = join(__dirname, '../../../statemachines', `${machine}.yml`);
  const { States: states } = parse(readFileSync(file, 'utf8'), { merge: true }) as Machine;
  return Object.entries(states)
    .filter(([, { Type: type }]) => type === 'Task' || type === 'Wait')
    .map(([name]) => name);
};

test('Every state that takes time has a text of a few words, and no other state has one', () => {
  const states = new Set(['deploy', 'rollback', 'mend'].flatMap(statesOf));
  expect(Object.keys(stepTexts).sort()).toEqual([...states].sort());
});
