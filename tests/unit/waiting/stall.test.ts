import { applicationSchema } from '../../../lib/application/schema';
import {
  isQuiet,
  movedAtOf,
  notesOf,
  type Seen,
  stallMsOf,
  stallsAtOf,
} from '../../../lib/engine/waiting/lookNotes';

const minute = 60_000;
const at = Date.UTC(2026, 10, 22, 8);
const step = { startedAt: at, progress: '1 of 4 instances', mark: '1 of 4 instances', movedAt: at + minute };

test.each<[string, Parameters<typeof notesOf>[0], Seen, object | undefined]>([
  ['nothing was noted yet', undefined, {}, { mark: '', movedAt: at + 5 * minute }],
  ['nothing changed', step, { progress: '1 of 4 instances' }, undefined],
  [
    'it moved on',
    step,
    { progress: '2 of 4 instances' },
    { progress: '2 of 4 instances', mark: '2 of 4 instances', movedAt: at + 5 * minute },
  ],
  ['only its reason changed', step, { progress: step.progress, reason: 'no' }, { reason: 'no' }],
  [
    'it moved on from what had kept it',
    { ...step, reason: 'no' },
    { progress: '2 of 4 instances' },
    { progress: '2 of 4 instances', mark: '2 of 4 instances', movedAt: at + 5 * minute, reason: '' },
  ],
  ['it waits as planned', step, { progress: step.progress, until: at + 9 }, { until: at + 9 }],
  ['the planned wait is over', { ...step, until: at + 9 }, { progress: step.progress }, { until: 0 }],
  [
    'its words changed, and what is compared did not',
    { ...step, mark: 'x' },
    { progress: 'still', mark: 'x' },
    { progress: 'still' },
  ],
])('A look notes what changed since the one before: %s', (_, before, seen, change) => {
  expect(notesOf(before, seen, at + 5 * minute)).toEqual(change);
});

test.each<[string, Parameters<typeof stallsAtOf>[0], number]>([
  ['from when it moved on last', step, at + 11 * minute],
  ['from its begin, if it never moved on', { startedAt: at }, at + 10 * minute],
  ['from the end of a planned wait', { ...step, until: at + 30 * minute }, at + 40 * minute],
  [
    'from its begin, if an earlier run of the state moved on before',
    { ...step, startedAt: at + 60 * minute },
    at + 70 * minute,
  ],
])('A step stalls ten minutes after: %s', (_, noted, stallsAt) => {
  expect(stallsAtOf(noted, 10 * minute)).toBe(stallsAt);
});

test('A cause is asked for once a step has not moved on for a minute', () => {
  const seen = { progress: step.progress };
  expect(movedAtOf(step)).toBe(at + minute);
  expect(isQuiet(undefined, seen, at + 9 * minute)).toBe(false);
  expect(isQuiet(step, { progress: '2 of 4 instances' }, at + 9 * minute)).toBe(false);
  expect(isQuiet(step, seen, at + 2 * minute - 1)).toBe(false);
  expect(isQuiet(step, seen, at + 2 * minute)).toBe(true);
});

test('The settings say when a step counts as stalled; records from before the setting have 10 minutes', () => {
  const settings = applicationSchema.parse({
    group: 'api',
    provisioning: { source: { s3: 's3://bucket/key.tar.gz' } },
    notifications: { stalledAfterMinutes: 45 },
  });
  expect(stallMsOf(settings)).toBe(45 * minute);
  const notifications = { ...settings.notifications, stalledAfterMinutes: undefined };
  expect(stallMsOf({ ...settings, notifications } as never)).toBe(10 * minute);
  expect(stallMsOf(undefined)).toBe(10 * minute);
});
