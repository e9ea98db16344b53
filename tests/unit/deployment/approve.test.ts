import { approve } from '../../../lib/deployment/approve';
import { now } from '../compensation/fakeContext';
import { withRecord } from './core';

const input = { deployment: 'api-v2-1', by: 'ada' };

/** A deployment in which these states have begun, and these have ended. */
const at = async (begun: string[], ended: string[] = [], more: Parameters<typeof withRecord>[0] = {}) => {
  const stack = await withRecord(more);
  for (const state of begun)
    await stack.run(() =>
      stack.core.records.setStep('api-v2-1', state, {
        startedAt: now,
        ...(ended.includes(state) && { endedAt: now }),
      }),
    );
  const answer = await stack.run(() => approve(input, stack));
  const record = await stack.run(() => stack.core.records.find('api-v2-1'));
  return { answer, woken: stack.woken, approval: record?.approval, startApproval: record?.startApproval };
};
const word = { by: 'ada', at: now };

test.each<[string, Parameters<typeof at>, object]>([
  [
    'the rest of a rollout',
    [['Rollout', 'Approval'], ['Rollout']],
    { approval: word, startApproval: undefined },
  ],
  ['the start of what is held back', [['Queue']], { approval: undefined, startApproval: word }],
  [
    'the start once more: the first word may be from before a rollback',
    [['Queue'], [], { startApproval: { by: 'bob', at: 1 } }],
    { approval: undefined, startApproval: word },
  ],
  [
    'the rest of a rollout whose start was approved before, apart from it',
    [['Queue', 'Approval'], ['Queue'], { startApproval: { by: 'bob', at: 1 } }],
    { approval: word, startApproval: { by: 'bob', at: 1 } },
  ],
])('An approval of %s wakes its step', async (_, given, noted) => {
  const { answer, woken, ...record } = await at(...given);
  expect(answer).toEqual({
    done: true,
    deployment: 'api-v2-1',
    message: 'api-v2-1 is approved and goes on.',
  });
  expect(woken).toEqual(['api-v2-1']);
  expect(record).toEqual(noted);
});

test.each<[string, Parameters<typeof at>, boolean, RegExp]>([
  ['nothing waits', [['Rollout']], false, /does not wait for an approval now/],
  ['what waited goes on', [['Approval'], ['Approval']], false, /does not wait/],
  [
    'it has ended',
    [['Approval'], [], { closedAt: now, outcome: 'RolledBack' }],
    false,
    /ended as RolledBack already/,
  ],
  [
    'a person has approved',
    [['Approval'], [], { approval: { by: 'bob', at: 1 } }],
    true,
    /approved by bob already/,
  ],
  [
    'it went on by a person’s approval',
    [['Approval'], ['Approval'], { approval: { by: 'bob', at: 1 } }],
    true,
    /by bob already/,
  ],
])('Nothing is approved twice or in vain: %s', async (_, given, done, message) => {
  const { answer, woken } = await at(...given);
  expect(answer).toMatchObject({ done, message: expect.stringMatching(message) as string });
  expect(woken).toEqual([]);
});
