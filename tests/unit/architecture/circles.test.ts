import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { circlesOf, folderArrows } from './circles';
import { readImports } from './imports';

const folders = ['lib', 'cli', 'functions', 'packages'].filter((folder) => existsSync(folder));
const packages = {
  '@forseti/embedded-cloud': 'packages/embedded-cloud/src/index',
  '@forseti/embedded-cloud/contracts': 'packages/embedded-cloud/contracts/index',
  '@forseti/messaging': 'packages/messaging/src/index',
};
const imports = readImports(folders, packages);

test('No files import each other in a circle, types included', () => {
  expect(imports.size).toBeGreaterThan(700);
  expect(circlesOf(imports)).toEqual([]);
});

test('No folders import each other in a circle, types included', () => {
  const arrows = folderArrows(imports);
  expect(arrows.get('functions')).toContain('lib');
  expect(circlesOf(arrows)).toEqual([]);
});

test('A circle that is added is found, of files and of the folders that they are in', () => {
  const withCircle = new Map(imports).set('lib/aws/table.ts', ['lib/engine/record.ts']);
  expect(imports.get('lib/engine/record.ts')).toContain('lib/aws/table.ts');
  expect(circlesOf(withCircle)).toContainEqual(
    expect.arrayContaining(['lib/aws/table.ts', 'lib/engine/record.ts']),
  );
  expect(circlesOf(folderArrows(withCircle))).toContainEqual(
    expect.arrayContaining(['lib/aws', 'lib/engine']),
  );
});

test('Arrows that all lead downwards make no circle; one that leads back from the last to the first makes one of all between', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }),
      fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 40 }),
      (size, drawn) => {
        const names = Array.from({ length: size }, (_, number) => `n${String(number).padStart(2, '0')}`);
        const arrows = new Map(
          names.map((name, at) => [name, [names[at + 1]].filter((next) => next !== undefined)]),
        );
        for (const [from, to] of drawn) {
          const [name, next] = [names[from], names[to]];
          if (name !== undefined && next !== undefined && from < to) arrows.get(name)?.push(next);
        }
        expect(circlesOf(arrows)).toEqual([]);
        arrows.get(names[size - 1] ?? '')?.push(names[0] ?? '');
        expect(circlesOf(arrows)).toEqual([names]);
      },
    ),
  );
});
