import { claimsOf } from '../../../lib/cleaning/gather';
import type { DeploymentRecord } from '../../../lib/engine/record';

const now = Date.UTC(2026, 10, 22, 8);
const template = { id: 'lt-1', version: '7' };
const record = (more: Partial<DeploymentRecord>): DeploymentRecord =>
  ({
    deployment: 'd-1',
    kind: 'deployment',
    version: 'v1',
    bakedImage: 'ami-1',
    ...more,
  }) as DeploymentRecord;
const claimed = (records: DeploymentRecord[], latest: DeploymentRecord[] = []) =>
  claimsOf(records, latest, now).map(({ deployment, images, launchTemplates }) => [
    deployment,
    images,
    launchTemplates.map(({ version }) => version),
  ]);

test.each<[string, Partial<DeploymentRecord>, unknown[]]>([
  ['one that runs', { launchTemplate: template }, [['d-1', ['ami-1'], ['7']]]],
  ['one with a ready image', { image: 'ami-0' }, [['d-1', ['ami-0', 'ami-1'], []]]],
  [
    'one that goes on from a failed one, for both',
    { resumedFrom: 'd-0' },
    [
      ['d-1', ['ami-1'], []],
      ['d-0', ['ami-1'], []],
    ],
  ],
  [
    'a failed one that can be resumed',
    { closedAt: 1, due: 'spare', spareUntil: now + 1 },
    [['d-1', ['ami-1'], []]],
  ],
  ['a failed one whose time is over, no more', { closedAt: 1, due: 'spare', spareUntil: now }, []],
  ['one that ended, nothing', { closedAt: 1 }, []],
])('What a record needs is claimed: %s', (_, more, expected) => {
  expect(claimed([record(more)])).toEqual(expected);
});

test('What ran before the last deployment that succeeded is claimed, whatever was refused since', () => {
  const latest = [
    record({ deployment: 'd-3', closedAt: 2 }),
    record({ deployment: 'd-2', completedAt: 1, baseline: { image: 'ami-9', launchTemplate: template } }),
  ];
  expect(claimed([], latest)).toEqual([['', ['ami-9'], ['7']]]);
});
