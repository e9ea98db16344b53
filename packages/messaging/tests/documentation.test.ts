import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as messaging from '../src';
import { readOptions } from '../soak/options';
import { merge } from '../soak/report';

const read = (path: string): string => readFileSync(join(__dirname, path), 'utf8');

const documentation = read('../../../docs/messaging.md');

test('The documentation names every error that the library throws, by its stable name', () => {
  const errors = Object.entries(messaging).filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof Error,
  );
  expect(errors.length).toBeGreaterThan(8);
  for (const [name] of errors) expect(documentation).toContain(`\`${name}\``);
});

test('The documentation names everything that is exported', () => {
  const source = read('../src/index.ts').replace(/\/\*[\s\S]*?\*\//g, '');
  const names = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    list.split(',').map((name) => name.trim().replace(/^type /, '')),
  );
  const exported = names.filter((name) => name !== '');
  expect(exported).toEqual(
    expect.arrayContaining(['publisher', 'Receipt', 'SynchroniseReport', 'LeaseLost']),
  );
  expect(exported.filter((name) => !documentation.includes(`\`${name}\``))).toEqual([]);
});

test('The documentation names every figure of the soak and of the benchmark, and their options with the defaults', () => {
  const benchmark = read('../bench/consumer.ts');
  const [, figures = ''] = /return \{\n {4}ours:([\s\S]*?)\n {2}\};/.exec(benchmark) ?? [];
  const measured = ['ours', ...[...figures.matchAll(/^ {4}(\w+):/gm)].map(([, name = '']) => name)];
  expect(measured).toContain('requestsPerMessage');
  const names = [...Object.keys(merge([], 0)), ...measured];
  expect(names.filter((name) => !documentation.includes(`\`${name}\``))).toEqual([]);

  const defaultOf = (option: string): string =>
    /^\| `--(\w+)` +\| `?([^`|]*?)`? *\|/.exec(
      documentation.split('\n').find((line) => line.startsWith(`| \`--${option}\``)) ?? '',
    )?.[2] ?? 'missing';
  const soak = readOptions([]) as unknown as Record<string, unknown>;
  for (const [option, value] of Object.entries(soak))
    expect([option, defaultOf(option)]).toEqual([option, expect.stringMatching(`^${String(value)}(;|$)`)]);
  const bench = [...benchmark.matchAll(/(\w+): \{ type: 'string', default: '(\w+)' \}/g)];
  expect(bench.map(([, option]) => option)).toEqual(['format', 'messages', 'rounds']);
  for (const [, option = '', value = ''] of bench)
    expect([option, defaultOf(option)]).toEqual([option, expect.stringMatching(`(^|'s )${value}$`)]);
});
