import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** All pages for people, including those of the packages. */
const pages = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
  ...readdirSync('packages')
    .map((name) => join('packages', name, 'README.md'))
    .filter((name) => existsSync(name)),
];

/** A block of code may be the output of a command, or a file of another project. */
const prose = (page: string): string => readFileSync(page, 'utf8').replace(/```.*?```/gs, '');

/** Links to files: the address without its anchor. */
const linksIn = (page: string): string[] =>
  [...prose(page).matchAll(/\]\(([^)\s#]+)(#[^)\s]*)?\)/g)]
    .flatMap(([, address = '']) => (/^[a-z]+:/.test(address) ? [] : [address]))
    .filter((address) => !existsSync(join(dirname(page), address)));

const folders =
  'bin|build|cli|docs|events|examples|functions|lib|packages|resources|schemas|statemachines|tests';
const ours = new RegExp(`^(?:${folders})/[\\w./-]*$`);

/** Paths between backticks, from the root of the repository. */
const pathsIn = (page: string): string[] =>
  [...prose(page).matchAll(/`([^`]+)`/g)]
    .flatMap(([, text = '']) => (ours.test(text) ? [text] : []))
    .filter((path) => !existsSync(path));

/** The glossary's table of former words names folders that no longer exist, on purpose. */
const withFormerPaths = new Set(['docs/glossary.md', 'CHANGELOG.md']);

describe.each(pages)('The page %s', (page) => {
  test('The page links to files that exist', () => {
    expect(linksIn(page)).toEqual([]);
  });

  test('The page names paths of the repository that exist', () => {
    expect(withFormerPaths.has(page) ? [] : pathsIn(page)).toEqual([]);
  });
});
