import type { End } from '../../../lib/engine/outcome';
import { pages } from '../../../lib/reporting/notice';
import { acceptedAt, record } from './records';

const end = (more: Partial<End>): End => ({
  outcome: 'Deployed',
  error: 'None',
  message: '',
  problems: [],
  left: [],
  foreign: [],
  ...more,
});
const alarm = { name: 'api-5xx', changedAt: acceptedAt };
const rollback = { ...record, kind: 'rollback' as const };
const ended = (of: typeof record | undefined, more: Partial<End>) =>
  pages({ kind: 'ended', deployment: 'd', record: of, end: end(more), at: acceptedAt });

test.each<[string, boolean, boolean]>([
  ['a deployment that came through', ended(record, {}), false],
  [
    'a deployment that undid itself',
    ended(record, { outcome: 'RolledBack', error: 'ProvisionFailed' }),
    false,
  ],
  ['a refused request', ended(undefined, { outcome: 'Rejected', error: 'InvalidRequest' }), false],
  ['anything Dirty', ended(record, { outcome: 'Dirty', error: 'ProvisionFailed' }), true],
  [
    'a person’s rollback that was refused: he sees it',
    ended(rollback, { outcome: 'Rejected', error: 'NoGoodRelease' }),
    false,
  ],
  [
    'an automatic rollback that came through',
    ended({ ...rollback, alarm }, { outcome: 'RolledBack' }),
    false,
  ],
  [
    'an automatic rollback without a good release',
    ended({ ...rollback, alarm }, { outcome: 'Rejected', error: 'NoGoodRelease' }),
    true,
  ],
  [
    'an automatic rollback that undid itself',
    ended({ ...rollback, alarm }, { outcome: 'RolledBack', error: 'RolloutFailed' }),
    true,
  ],
  [
    'an automatic rollback that is Dirty',
    ended({ ...rollback, alarm }, { outcome: 'Dirty', error: 'RestoreFailed' }),
    true,
  ],
])('Whether a notice pages: %s', (_, got, expected) => {
  expect(got).toBe(expected);
});
