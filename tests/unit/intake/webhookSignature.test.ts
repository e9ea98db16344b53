import * as fc from 'fast-check';
import { inspect } from '../../../lib/intake/webhook/provider';
import { bodyBytes, type FunctionUrlEvent, maxBytes, rawBody } from '../../../lib/intake/webhook/request';
import { githubSignature, isProven } from '../../../lib/intake/webhook/signature';

const event = (
  headers: Readonly<Record<string, string>>,
  more: Partial<FunctionUrlEvent> = {},
): FunctionUrlEvent => ({
  headers,
  body: '{}',
  isBase64Encoded: false,
  requestContext: { http: { method: 'POST' } },
  ...more,
});
const github = {
  'x-github-event': 'push',
  'x-hub-signature-256': 'sha256=0',
  'content-type': 'application/json',
};
const gitlab = {
  'x-gitlab-event': 'Tag Push Hook',
  'x-gitlab-token': 't',
  'content-type': 'application/json',
};
const without = (headers: Record<string, string>, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
const get = { requestContext: { http: { method: 'GET' } } };

test('The signature is the one that GitHub publishes for its example', () => {
  // docs.github.com, "Validating webhook deliveries": testing the webhook payload validation.
  expect(githubSignature(Buffer.from('Hello, World!'), "It's a Secret to Everybody")).toBe(
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});

const body = Buffer.from('{"a":1}');
const right = githubSignature(body, 'secret');

test.each([
  ['the right one', right, ['secret'], true],
  ['the right one of two secrets, the first', right, ['secret', 'next'], true],
  ['the right one of two secrets, the second', right, ['next', 'secret'], true],
  ['of another secret', githubSignature(body, 'other'), ['secret'], false],
  ['of another body', githubSignature(Buffer.from('{"a":2}'), 'secret'), ['secret'], false],
  ['truncated', right.slice(0, -1), ['secret'], false],
  ['longer', `${right}0`, ['secret'], false],
  ['in capitals', right.toUpperCase(), ['secret'], false],
  ['without its prefix', right.slice('sha256='.length), ['secret'], false],
  ['empty', '', ['secret'], false],
  ['by an empty secret', githubSignature(body, ''), [''], false],
  ['where no secret is set', right, [], false],
])('Whether a GitHub signature proves its sender: %s', (_name, proof, secrets, proven) => {
  expect(isProven('github', proof, body, secrets)).toBe(proven);
});

test.each([
  ['the right one', 'token', ['token'], true],
  ['the second right one', 'next', ['token', 'next'], true],
  ['truncated', 'toke', ['token'], false],
  ['longer', 'token ', ['token'], false],
  ['empty', '', ['token', ''], false],
  ['where none is set', 'token', [], false],
])('Whether a GitLab token proves its sender: %s', (_name, proof, secrets, proven) => {
  expect(isProven('gitlab', proof, body, secrets)).toBe(proven);
});

test('One changed bit anywhere in the body breaks the signature', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(bytes, fc.nat(), fc.integer({ min: 0, max: 7 }), (given, at, bit) => {
      const signed = Buffer.from(given);
      const changed = Buffer.from(given);
      const index = at % changed.length;
      changed[index] = (changed[index] ?? 0) ^ (1 << bit);
      const proof = githubSignature(signed, 'secret');
      expect(isProven('github', proof, signed, ['secret'])).toBe(true);
      expect(isProven('github', proof, changed, ['secret'])).toBe(false);
    }),
  );
});

test('A body in base64 is verified by the bytes that were signed, and its length is theirs', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const encoded = event({}, { body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true });
      expect([...rawBody(encoded)]).toEqual([...bytes]);
      expect(bodyBytes(encoded)).toBe(bytes.length);
    }),
  );
});

test.each([
  ['a GET', event(github, get), 405],
  ['2 MiB', event(github, { body: 'x'.repeat(2 * 1024 * 1024) }), 413],
  [
    '2 MiB in base64',
    event(github, { body: Buffer.alloc(2 * 1024 * 1024).toString('base64'), isBase64Encoded: true }),
    413,
  ],
  ['one byte too many', event(github, { body: 'x'.repeat(maxBytes + 1) }), 413],
  ['one byte too many in letters of two bytes', event(github, { body: `x${'ä'.repeat(maxBytes / 2)}` }), 413],
  ['no header of either', event({ 'content-type': 'application/json' }), 401],
  ['no signature', event(without(github, 'x-hub-signature-256')), 401],
  ['an empty signature', event({ ...github, 'x-hub-signature-256': '' }), 401],
  [
    'the old signature only',
    event({ ...without(github, 'x-hub-signature-256'), 'x-hub-signature': 'sha1=0' }),
    401,
  ],
  ['no token', event(without(gitlab, 'x-gitlab-token')), 401],
  [
    'a token of GitLab in place of a signature of GitHub',
    event({ 'x-github-event': 'push', 'x-gitlab-token': 't' }),
    401,
  ],
  ['no content type', event(without(github, 'content-type')), 415],
  ['plain text', event({ ...github, 'content-type': 'text/plain' }), 415],
  ['a form from GitLab', event({ ...gitlab, 'content-type': 'application/x-www-form-urlencoded' }), 415],
])('A request with %s is refused with its status', (_name, request, status) => {
  expect(inspect(request)).toMatchObject({ status, answer: { accepted: false } });
});

test.each([
  ['JSON', github],
  ['JSON with a charset', { ...github, 'content-type': 'Application/JSON; charset=utf-8' }],
  ['a form', { ...github, 'content-type': 'application/x-www-form-urlencoded' }],
  ['GitLab’s JSON', gitlab],
  [
    'capitals in its names',
    { 'X-Gitlab-Event': 'Push Hook', 'X-Gitlab-Token': 't', 'Content-Type': 'application/json' },
  ],
])('A request with %s and the longest body goes on', (_name, headers) => {
  expect(inspect(event(headers, { body: 'x'.repeat(maxBytes) }))).toHaveProperty('proof');
});
