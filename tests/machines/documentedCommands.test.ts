import { existsSync, readFileSync, rmSync } from 'node:fs';
import { runInShell } from './support/stubbedShell';
import { startTestStack } from './support/testStack';

jest.setTimeout(60_000);

/** The blocks of shell commands of a page, in its order. */
const blocksOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^( *)```sh\n(.*?)\n *```$/gms)].map(
    ([, indent = '', block = '']) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );

/** CloudFormation's own commands are not answered here; their files and parameters are. */
const checkStackCommand = (words: readonly string[]): string => {
  const after = (option: string) => words[words.indexOf(option) + 1] ?? '';
  expect(existsSync(after('--template-file'))).toBe(true);
  const [name = ''] = after('--parameter-overrides').split('=');
  expect(readFileSync(after('--template-file'), 'utf8')).toContain(`  ${name}:\n    Type: String`);
  return 'Successfully created/updated stack\n';
};

test.each([
  ['docs/ci.md', 5],
  ['docs/declared-fleets.md', 2],
])('Every command of %s runs as it is written', async (page, count) => {
  const blocks = blocksOf(page);
  expect(blocks.length).toBe(count);
  const stack = await startTestStack({
    group: { instances: 2 },
    cloud: { groups: { 'api-production': { version: 'v1', instances: 2, max: 6 } } },
    settings: { group: 'api-production', strategy: 'golden-instance' },
  });
  for (const block of blocks) {
    // N is the number that the reader has just made.
    const text = block.replace('Version=N', 'Version=1');
    const { code, error } = await runInShell(text, {
      session: stack.session,
      env: {},
      onCall: (words) => (words[1] === 'cloudformation' ? checkStackCommand(words) : undefined),
    });
    expect({ block, code, error: /Error.*/.exec(error)?.[0] }).toEqual({ block, code: 0 });
  }
  rmSync('reader.json', { force: true });
});
