import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { cacheSeconds, rereadSeconds, WebhookSecrets } from '../../../lib/intake/webhook/secrets';

const ssm = mockClient(SSMClient);
let now: number;
let stored: { Name: string; Value: string; Type: string }[];

beforeEach(() => {
  now = Date.UTC(2026, 10, 22, 8);
  stored = [{ Name: '/w/github', Value: 'old', Type: 'SecureString' }];
  ssm.reset();
  ssm.on(GetParametersCommand).callsFake(() => ({ Parameters: stored }));
});
const secretsOf = () => new WebhookSecrets(new SSMClient({ region: 'eu-west-1' }), '/w', () => now);
const knows = (secret: string) => (secrets: readonly string[]) => secrets.includes(secret);
const reads = () => ssm.commandCalls(GetParametersCommand).length;

test('Both names are read at once, decrypted', async () => {
  expect(await secretsOf().prove('github', knows('old'))).toBe('proven');
  expect(ssm.commandCalls(GetParametersCommand)[0]?.args[0].input).toEqual({
    Names: ['/w/github', '/w/github-next'],
    WithDecryption: true,
  });
});

test('While a secret is being changed both are valid, and the old one ends with the cache', async () => {
  const secrets = secretsOf();
  stored.push({ Name: '/w/github-next', Value: 'new', Type: 'SecureString' });
  expect(await secrets.prove('github', knows('old'))).toBe('proven');
  expect(await secrets.prove('github', knows('new'))).toBe('proven');
  stored = [{ Name: '/w/github', Value: 'new', Type: 'SecureString' }];
  now += cacheSeconds * 1000 - 1;
  expect(await secrets.prove('github', knows('old'))).toBe('proven');
  expect(reads()).toBe(1);
  now += 1;
  expect(await secrets.prove('github', knows('old'))).toBe('wrong');
  expect(reads()).toBe(2);
});

test('A new secret is known as soon as it is used, and a flood of wrong ones causes few reads', async () => {
  const secrets = secretsOf();
  await secrets.prove('github', knows('old'));
  stored = [{ Name: '/w/github', Value: 'new', Type: 'SecureString' }];
  now += rereadSeconds * 1000;
  expect(await secrets.prove('github', knows('new'))).toBe('proven');
  expect(reads()).toBe(2);
  for (let tries = 0; tries < 100; tries += 1) await secrets.prove('github', knows('wrong'));
  expect(reads()).toBe(2);
});

test.each([
  ['nothing', []],
  ['plain text', [{ Name: '/w/github', Value: 'old', Type: 'String' }]],
  ['line breaks', [{ Name: '/w/github', Value: '\n', Type: 'SecureString' }]],
])('If Parameter Store holds %s, there is no secret', async (_name, parameters) => {
  stored = parameters;
  expect(await secretsOf().prove('github', knows('old'))).toBe('no secrets');
});

test('The last line break of a file is no part of its secret', async () => {
  stored = [{ Name: '/w/gitlab', Value: 'old\r\n', Type: 'SecureString' }];
  expect(await secretsOf().prove('gitlab', knows('old'))).toBe('proven');
});
