import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Provider } from '../../lib/intake/webhook/provider';
import { headersOf } from '../../cli/local/webhook';
import { savedStack } from './support/commandLine';
import { startTestStack, type TestStack } from './support/testStack';

const started = savedStack(() => startTestStack());

const name = (parameter: string) => `/forseti/production/webhooks/${parameter}`;

const stored = ({ region }: TestStack) =>
  Object.fromEntries(
    Object.values(region.service('ssm').state.parameters)
      .filter((one) => one.name.startsWith(name('')))
      .map((one) => [one.name.slice(name('').length), one.versions.at(-1)?.value]),
  );

/** What the webhook answers to a ping that is signed with the secret. */
const ping = async (stack: TestStack, url: string, secret: string, provider: Provider = 'github') => {
  const event = provider === 'github' ? 'ping' : 'Pipeline Hook';
  const body = '{"zen":"Keep it logically awesome."}';
  const headers = headersOf({ provider, event, body, id: `${secret}-${String(stack.cloud.now())}`, secret });
  const request = { url, method: 'POST', headers, body };
  const { status } = await stack.cloud.run(() => stack.region.service('lambda').request(request));
  return status;
};

test('The address is printed with the fields of both providers, and alone for scripts', async () => {
  const { typed } = await started();
  const { code, out } = await typed('webhook', 'url');
  expect(code).toBe(0);
  expect(out).toMatch(/^https:\/\/\w{32}\.lambda-url\.eu-west-1\.on\.aws\/\n/);
  expect(out).toMatch(/Content type +application\/json/);
  expect(out).toMatch(/Which events +Just the push event/);
  expect(out).toContain('more than three tags');
  expect(out).toMatch(/Trigger +Tag push events, and no other/);
  const [url = ''] = out.split('\n');
  expect((await typed('webhook', 'url', '--format', 'plain')).out).toBe(url);
  const json = await typed('webhook', 'url', 'gitlab', '--format', 'json');
  expect(JSON.parse(json.out)).toMatchObject({ url, providers: [{ provider: 'gitlab' }] });
});

test('A stack that is not there is told as such, and gets no secret', async () => {
  const { stack, typed } = await started();
  const { region } = stack;
  region.service('lambda').state.urls = {};
  for (const words of [['url'], ['secret', 'github']]) {
    const { code, note } = await typed('webhook', ...words);
    expect(code).toBe(2);
    expect(note).toContain('There is no function URL of forseti-production-Webhook in eu-west-1');
  }
  expect(stored(stack)).toEqual({});
});

test('A secret is made, stored as a SecureString, shown once, and accepted', async () => {
  const { stack, typed } = await started();
  const { code, out, note } = await typed('webhook', 'secret', 'github');
  expect(code).toBe(0);
  expect(out).toMatch(/^[0-9a-f]{64}$/);
  expect(note).not.toContain(out);
  expect(stored(stack)).toEqual({ github: out });
  const url = (await typed('webhook', 'url', '--format', 'plain')).out;
  expect(await ping(stack, url, out)).toBe(200);
  expect(await ping(stack, url, 'another-secret-1')).toBe(401);
});

test('A secret that is set is not overwritten', async () => {
  const { stack, typed } = await started();
  const { out: secret } = await typed('webhook', 'secret', 'github');
  const again = await typed('webhook', 'secret', 'github');
  expect(again.code).toBe(3);
  expect(again.note).toContain('forseti webhook secret github --rotate');
  expect(stored(stack)).toEqual({ github: secret });
});

test('While a secret is changed both are accepted, and afterwards the new one alone', async () => {
  const { stack, typed } = await started();
  const url = (await typed('webhook', 'url', '--format', 'plain')).out;
  const { out: former } = await typed('webhook', 'secret', 'github');
  expect(await ping(stack, url, former)).toBe(200);
  await stack.cloud.advance(60_000);
  const { code, out: latter, note } = await typed('webhook', 'secret', 'github', '--rotate');
  expect(code).toBe(0);
  expect(note).toContain('forseti webhook secret github --finish');
  expect([await ping(stack, url, former), await ping(stack, url, latter)]).toEqual([200, 200]);
  const twice = await typed('webhook', 'secret', 'github', '--rotate');
  expect(twice.code).toBe(3);
  expect(twice.note).toContain('is being changed since 2026-');
  const finished = await typed('webhook', 'secret', 'github', '--finish');
  expect(finished.code).toBe(0);
  expect(`${finished.out}${finished.note}`).not.toContain(latter);
  expect(stored(stack)).toEqual({ github: latter });
  await stack.cloud.advance(301_000);
  expect([await ping(stack, url, former), await ping(stack, url, latter)]).toEqual([401, 200]);
  const nothing = await typed('webhook', 'secret', 'github', '--finish');
  expect(nothing.code).toBe(3);
  expect(nothing.note).toContain('is not being changed');
});

test('A secret of a file is stored and never shown', async () => {
  const { stack, typed } = await started();
  const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret.txt');
  writeFileSync(file, 'correct-horse-battery-staple\n');
  const { code, out, note } = await typed('webhook', 'secret', 'gitlab', '--from', file);
  expect(code).toBe(0);
  expect(`${out}${note}`).not.toContain('correct-horse');
  expect(stored(stack)).toEqual({ gitlab: readFileSync(file, 'utf8').trim() });
  const url = (await typed('webhook', 'url', '--format', 'plain')).out;
  expect(await ping(stack, url, 'correct-horse-battery-staple', 'gitlab')).toBe(202);
  const json = await typed('webhook', 'secret', 'gitlab', '--rotate', '--from', file, '--format', 'json');
  expect(JSON.parse(json.out)).toEqual({ provider: 'gitlab', parameter: name('gitlab-next'), beside: true });
});

test.each([
  ['too short', 'short'],
  ['two lines', `${'a'.repeat(20)}\n${'b'.repeat(20)}`],
  ['a placeholder of Parameter Store', `{{ssm:other}}${'a'.repeat(20)}`],
])('A secret that is %s is refused without being repeated', async (_title, text) => {
  const { stack, typed } = await started();
  const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret.txt');
  writeFileSync(file, text);
  const { code, note } = await typed('webhook', 'secret', 'github', '--from', file);
  expect(code).toBe(2);
  expect(note).toContain('16 to 256 printable ASCII characters');
  expect(note).not.toContain(text);
  expect(stored(stack)).toEqual({});
});

test('A secret that lies open is told, and stays until somebody removes it', async () => {
  const { stack, typed } = await started();
  const ssm = stack.session.connect(SSMClient);
  await ssm.send(new PutParameterCommand({ Name: name('github'), Type: 'String', Value: 'open' }));
  const { code, note } = await typed('webhook', 'secret', 'github', '--rotate');
  expect(code).toBe(3);
  expect(note).toContain(`aws ssm delete-parameter --region eu-west-1 --name ${name('github')}`);
  await ssm.send(new DeleteParameterCommand({ Name: name('github') }));
  expect((await typed('webhook', 'secret', 'github')).code).toBe(0);
});
