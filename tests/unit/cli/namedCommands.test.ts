import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import ts from 'typescript';
import { program } from '../../../cli/main';
import { contextWith, keptTerminal } from './support';

const root = join(__dirname, '../../..');
const forseti = program(contextWith(keptTerminal()));

/** All texts of a source file, with `X` for the values in templates. */
const textsOf = (file: string): string[] => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push(node.text);
    else if (ts.isTemplateExpression(node))
      texts.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('X'));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
};

const sourcesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name));

/** Commands in code blocks and between backticks of a document. */
const commandsIn = (markdown: string): string[] => [
  ...[...markdown.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.split('\n')),
  ...[...markdown.matchAll(/`(?:npx )?(forseti [^`]+)`/g)].map(([, command = '']) => command),
];

/** The tag `Name` of a builder or a test instance is no command. */
const isName = (words: string): boolean => /^(builder|test instance) of /.test(words);

/** A command in a text, such as `deploy api v2 --strategy golden-instance`, up to the end of its sentence. */
const named = (text: string): string[] =>
  [...text.matchAll(/\bforseti (?=[a-z])((?:(?!\bforseti )[^\n"`;)#])*)/g)]
    .map(([, words = '']) => words)
    .filter((words) => !isName(words));

const commandOf = (words: readonly string[]): { command: Command | undefined; rest: readonly string[] } => {
  let command: Command | undefined = forseti;
  let rest = words;
  do {
    const next: string | undefined = rest[0]?.replace(/[.,:]$/, '');
    command = command.commands.find((one) => one.name() === next);
    rest = rest.slice(1);
  } while (command && command.commands.length > 0 && rest.length > 0);
  return { command, rest };
};

/** The mistake in a command; undefined if there is none. */
const wrongWith = (words: string): string | undefined => {
  const { command, rest } = commandOf(words.split(' '));
  if (!command) return `forseti ${words}: there is no such command`;
  const given = rest.flatMap((word) => /^--[a-z-]+/.exec(word) ?? []);
  const unknown = given.find((option) => !command.options.some(({ long }) => long === option));
  if (unknown !== undefined) return `forseti ${words}: there is no option ${unknown}`;
  const missing = command.options.find(({ mandatory, long }) => mandatory && !given.includes(long ?? ''));
  const isRun = rest.length > 0;
  return isRun && missing ? `forseti ${words}: lacks ${missing.long ?? ''}` : undefined;
};

test.each([['lib', 'functions'], ['cli']])(
  'Every command that a message in %s names can be run as it is written',
  (...folders) => {
    const found = folders.flatMap(sourcesIn).flatMap(textsOf).flatMap(named);
    expect(found.length).toBeGreaterThan(20);
    expect(found.flatMap((words) => wrongWith(words) ?? [])).toEqual([]);
  },
);

test('Every command in the README can be run as it is written', () => {
  const found = commandsIn(readFileSync(join(root, 'README.md'), 'utf8')).flatMap(named);
  expect(found.length).toBeGreaterThan(5);
  expect(found.flatMap((words) => wrongWith(words) ?? [])).toEqual([]);
});

const pages = [
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

test.each(pages)('Every command in %s can be run as it is written', (page) => {
  const found = commandsIn(readFileSync(join(root, page), 'utf8')).flatMap(named);
  expect(found.flatMap((words) => wrongWith(words) ?? [])).toEqual([]);
});

test.each([
  ['initialise api i-1', 'no such command'],
  ['deploy api v2 --force', 'no option --force'],
  ['halt api', 'lacks --reason'],
  ['local explode', 'no such command'],
])('The wrong command "forseti %s" is found', (words, expected) => {
  expect(wrongWith(words)).toContain(expected);
});
