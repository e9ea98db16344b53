import { cardOf } from '../../../lib/reporting/card';
import { noticeMessage } from '../../../lib/reporting/messages';
import { textOf } from '../../../lib/reporting/notify';
import { redact } from '../../../lib/reporting/redact';
import type { Notice } from '../../../lib/reporting/notice';
import { endedAs, notices, record, secrets, secureStrings } from './records';

const hidden = [...Object.values(secrets), ...Object.values(secureStrings), 'hunter22'];
const everywhere = (notice: Notice): string =>
  JSON.stringify([textOf(notice), cardOf(noticeMessage(notice))]);

test.each(Object.keys(notices))(
  'The message contains neither variables nor names of SecureStrings: %s',
  (name) => {
    for (const secret of hidden) expect(everywhere(notices[name] as Notice)).not.toContain(secret);
  },
);

test('If a step failed with variables in its words, they are hidden, and the other words are kept', () => {
  const spilled = `curl failed with ${hidden.join(' and ')} on i-1`;
  const leftover = { kind: 'x', target: 'x', note: spilled, mend: 'aws x' };
  const end = { message: spilled, problems: [`Also ${spilled}`], left: [leftover], foreign: [leftover] };
  const told = everywhere({
    ...endedAs('Dirty', end),
    record: { ...record, warnings: [spilled], reason: spilled },
  });
  for (const secret of hidden) expect(told).not.toContain(secret);
  expect(told).toContain('curl failed with (hidden) and (hidden)');
  expect(told).toContain('on i-1');
  for (const notice of [
    { kind: 'started', record: { ...record, reason: spilled, despiteAlarms: spilled } },
    { kind: 'halted', record, by: 'bob', reason: spilled },
  ] as const)
    for (const secret of hidden) expect(everywhere(notice)).not.toContain(secret);
});

test.each([
  ['fatal: https://ada:s3cr3t@git.example.com/acme.git', 'fatal: https://(hidden)@git.example.com/acme.git'],
  ['key AKIAIOSFODNN7EXAMPLE is no good', 'key (hidden) is no good'],
  ['token ghp_0123456789abcdefghij expired', 'token (hidden) expired'],
  ['x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\ny', 'x\n(hidden)\ny'],
  [
    'https://git.example.com/acme.git at ami-0123456789abcdef0',
    'https://git.example.com/acme.git at ami-0123456789abcdef0',
  ],
])('The text %j is shown as %j, whatever it belongs to', (text, told) => {
  expect(redact(text)).toBe(told);
});

test('Colours and bells of a terminal are left out', () => {
  expect(redact('\u001b[0;31mfatal:\u001b[0m\u0007 no\ttext\n')).toBe('fatal:  no\ttext\n');
});

test('Short and harmless variables hide no words of a message', () => {
  const text = 'Provisioning of 8 instances failed in eu-west-1';
  expect(redact(text, { ...record, extraVars: { workers: 8, region: 'eu-west-1', pass: 'of' } })).toBe(text);
});
