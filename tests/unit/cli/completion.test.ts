import { spawnSync } from 'node:child_process';
import { choicesOf, completionScript } from '../../../cli/terminal/completion';
import { program } from '../../../cli/main';
import { contextWith, keptTerminal } from './support';

const forseti = program(contextWith(keptTerminal()));

/** The completions of a line by bash, from the same script that users source. */
const offered = (line: string): string[] => {
  const words = line.split(' ');
  const run = `${completionScript(forseti, 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${String(words.length - 1)}
_forseti
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', run], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((word) => word !== '');
};

test.each([
  ['forseti st', ['status']],
  ['forseti his', ['history']],
  ['forseti history --si', ['--since']],
  ['forseti status api --wa', ['--watch']],
  ['forseti status --format ', ['tree', 'json', 'plain']],
  ['forseti queue redr', ['redrive']],
  ['forseti local advance --hel', ['--help']],
  ['forseti completion z', ['zsh']],
  ['forseti status --stage ', []],
  ['forseti deploy api v1 --strategy g', ['golden-instance']],
])('Bash completes "%s"', (line, expected) => {
  expect(offered(line)).toEqual(expected);
});

test('The script of every shell contains every command and each of its options', () => {
  const choices = choicesOf(forseti);
  expect(choices.length).toBeGreaterThan(20);
  const [bash, zsh, fish] = (['bash', 'zsh', 'fish'] as const).map((shell) =>
    completionScript(forseti, shell),
  );
  for (const { path, options } of choices)
    for (const { flag } of options) {
      expect(bash).toMatch(new RegExp(`'${path}'\\) words='[^']*${flag}\\b`));
      expect(zsh).toContain(flag);
      expect(fish).toContain(`-l ${flag.slice(2)} `);
    }
});

test('Descriptions with quotes stay one word of fish', () => {
  const fish = completionScript(forseti, 'fish');
  for (const line of fish.split('\n').slice(1))
    expect(line.replaceAll("\\'", '').split("'").length % 2).toBe(1);
});
