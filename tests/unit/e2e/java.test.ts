import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksumsIn, wrongJars } from '../../e2e/java';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jars-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const hello = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

test('A folder with exactly the jars that were written down is right', () => {
  writeFileSync(join(folder, 'a.jar'), 'hello');
  expect(wrongJars(folder, checksumsIn(`${hello}  a.jar\n`))).toEqual([]);
});

test('A jar that is missing, unknown or changed is wrong', () => {
  writeFileSync(join(folder, 'a.jar'), 'hello, and more');
  writeFileSync(join(folder, 'c.jar'), 'hello');
  expect(wrongJars(folder, checksumsIn(`${hello}  a.jar\n${hello}  b.jar\n`))).toEqual([
    'b.jar is missing',
    expect.stringMatching(/^a\.jar has the hash .* instead of 2cf24dba/) as string,
    'c.jar is not in checksums.sha256',
  ]);
});

test('A folder that is not there lacks every jar', () => {
  expect(wrongJars(join(folder, 'none'), checksumsIn(`${hello}  a.jar\n`))).toEqual(['a.jar is missing']);
});
