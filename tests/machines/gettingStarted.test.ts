/** docs/getting-started.md, step by step, on an embedded account in which nothing is installed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(240_000);
const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'forseti-start-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const forseti = async (words: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [join(root, 'bin', 'forseti.mjs'), ...words],
    { cwd: folder, env: { ...process.env, NO_COLOR: '1' } },
  );
  return stdout + stderr;
};

interface Step {
  readonly title: string;
  readonly commands: readonly string[];
  readonly seen: readonly string[];
  readonly settings?: string;
}

const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, body = '']) => body);

const steps = (page: string): Step[] =>
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => {
      const [settings] = blocks(text, 'yaml');
      return {
        title: text.split('\n', 1)[0] ?? '',
        commands: blocks(text, 'sh').flatMap((body) => body.replaceAll('\\\n', '').trim().split('\n')),
        seen: blocks(text, 'text').flatMap((body) => body.trim().split('\n')),
        ...(settings !== undefined && { settings }),
      };
    });

/** The push as GitHub sends it, and the time that a deployment takes. */
const pushed = async (version: string): Promise<string> => {
  const payload = {
    ref: `refs/tags/${version}`,
    before: '0'.repeat(40),
    after: '3f9a1c0d2b4e5f60718293a4b5c6d7e8f9012345',
    repository: { full_name: 'acme/api' },
    head_commit: { id: '3f9a1c0d2b4e5f60718293a4b5c6d7e8f9012345', timestamp: '2026-11-22T08:30:00Z' },
    created: true,
    deleted: false,
    pusher: { name: 'ada' },
  };
  writeFileSync(join(folder, 'push.json'), JSON.stringify(payload));
  const answer = await forseti(['local', 'webhook', 'push.json', '--event', 'push']);
  return answer + (await forseti(['local', 'advance', '60m']));
};

/** These are no commands of Forseti, and are other tests' matter, or nobody's without an account. */
const others = /^(npm|aws) /;

const run = async (command: string): Promise<string> => {
  const [, version] = /^git tag (\S+) && git push/.exec(command) ?? [];
  if (version !== undefined) return pushed(version);
  if (others.test(command)) return '';
  const [npx, name, ...words] = command.split(' ');
  expect([npx, name]).toEqual(['npx', 'forseti']);
  return forseti([...words, '--local']);
};

test('The ten steps lead from an empty account to a deployment by tag, and show what the page says', async () => {
  const page = readFileSync(join(root, 'docs', 'getting-started.md'), 'utf8');
  const found = steps(page);
  expect(found.map(({ title }) => title.split('.')[0])).toEqual(
    Array.from({ length: 10 }, (_, index) => String(index + 1)),
  );
  await forseti(['local', 'reset', '--without-stack']);
  for (const { title, commands, seen, settings } of found) {
    if (settings !== undefined) writeFileSync(join(folder, 'forseti.yml'), settings);
    let output = '';
    for (const command of commands) output += await run(command);
    const missing = seen.filter((line) => !output.includes(line));
    expect([title, missing.length > 0 ? output : '', missing]).toEqual([title, '', []]);
  }
});
