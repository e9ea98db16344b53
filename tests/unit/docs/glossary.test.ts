import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const glossary = readFileSync('docs/glossary.md', 'utf8');

/** The rows of the table below a heading, cell by cell. */
const rowsOf = (heading: string): string[][] => {
  const [, section = ''] = glossary.split(`\n## ${heading}\n`);
  return (section.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
};

const code = ['lib', 'functions', 'cli']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((f) => join(folder, f)))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

const stored = rowsOf('Stored names').map(([key = '']) => key.replaceAll('`', ''));

describe('The glossary', () => {
  test.each(stored)('The glossary names a key or a value that the code has: %s', (key) => {
    expect(code).toMatch(new RegExp(`\\b${key}\\??:|'${key}'`));
  });

  test('The glossary lists all stored names that have an older word', () => {
    expect(stored.length).toBeGreaterThan(15);
  });

  test.each(['What is deployed', 'How a deployment goes', 'What keeps it safe', 'Waiting', 'Messages'])(
    'The glossary explains each word of "%s" once, and names AWS\'s own term or says that there is none',
    (heading) => {
      const rows = rowsOf(heading);
      expect(rows.filter((cells) => cells.length !== 3 || cells.includes(''))).toEqual([]);
      expect(new Set(rows.map(([word]) => word)).size).toBe(rows.length);
    },
  );
});
