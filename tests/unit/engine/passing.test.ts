import { triedMs, withTries } from '../../../lib/engine/passing';
import type { End } from '../../../lib/engine/outcome';
import { requestToKeep } from '../../../lib/deployment/keptRequest';

const at = Date.UTC(2026, 10, 22, 8);
const minute = 60_000;
const end: End = {
  outcome: 'Rejected',
  error: 'TransientError',
  message: 'EC2 DescribeInstances: RequestLimitExceeded: Request limit exceeded.',
  problems: [],
  left: [],
  foreign: [],
};

test.each([
  ['before any step', [], 90],
  ['since the last step began', [{ item: 'step#Lock', startedAt: at + minute }], 89],
  [
    'until the compensation began',
    [
      { item: 'step#Rollout', startedAt: at + 10 * minute },
      { item: 'step#Undo', startedAt: at + 70 * minute },
    ],
    60,
  ],
])('How long a step was tried: %s', (_, steps, minutes) => {
  expect(triedMs(steps, { acceptedAt: at, now: at + 90 * minute })).toBe(minutes * minute);
});

test('The end says which call it was, for how long it was tried, and what follows', () => {
  expect(withTries(end, 95 * minute, 'It is kept.').message).toBe(
    'AWS could not be asked: EC2 DescribeInstances: RequestLimitExceeded: Request limit exceeded. This was tried again for 95 minutes. It is kept.',
  );
  expect(
    withTries({ ...end, error: 'Lambda.TooManyRequestsException', message: 'Rate Exceeded.' }, 0).message,
  ).toMatch(/^AWS could not be asked: Lambda Invoke: Rate Exceeded\. This was tried again for 0 seconds\.$/);
});

const input = { application: 'api', version: 'v2', requestKey: 'key', pushedAt: at };
const given = { deployment: 'api-v2-1', kind: 'deployment', input, end, now: at + minute } as const;

test.each([
  ["a tag's request that could not be judged", given, true],
  ['a check that failed', { ...given, end: { ...end, error: 'PreflightFailed' } }, false],
  ['a deployment that had touched something', { ...given, end: { ...end, outcome: 'RolledBack' } }, false],
  ["a person's request", { ...given, input: { application: 'api', version: 'v2' } }, false],
  ['a tag of the day before', { ...given, now: at + 25 * 60 * minute }, false],
  ['a rollback', { ...given, kind: 'rollback' }, false],
] as const)('Kept or not: %s', (_, one, kept) => {
  expect(requestToKeep(one) !== undefined).toBe(kept);
});
