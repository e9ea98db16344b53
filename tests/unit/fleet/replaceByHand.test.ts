import type { RepairSite } from '../../../lib/engine/effectKind';
import { recorded } from '../../../lib/engine/repairCommand';
import { mayMiss, replaceByHand } from '../../../lib/fleet/replaceByHand';

test.each([
  [2, 90, 1],
  [7, 90, 1],
  [20, 90, 2],
  [351, 90, 35],
  [351, 100, 1],
])(
  'Of %i instances of which %i %% have to be healthy, %i may be missing at once',
  (size, percentage, most) => {
    expect(mayMiss(size, percentage)).toBe(most);
  },
);

const by = (fleetSize: number, first: string, ...others: string[]): string =>
  replaceByHand(
    recorded(first),
    others.map((id) => recorded(id)),
    recorded({
      region: 'eu-west-1',
      record: { group: 'web', fleetSize, settings: { rollout: { minHealthyPercentage: 90 } } },
    } as RepairSite),
  );

test('As many as may be missing at once are replaced by their ids, and nobody else', () => {
  expect(by(20, 'i-1', 'i-2')).toBe(
    ['i-1', 'i-2']
      .map(
        (id) =>
          `aws autoscaling terminate-instance-in-auto-scaling-group --instance-id ${id} --no-should-decrement-desired-capacity --region eu-west-1`,
      )
      .join(' && '),
  );
});

test('More of them are replaced by a refresh, which keeps enough of the fleet healthy meanwhile', () => {
  expect(by(7, 'i-1', 'i-2')).toMatch(
    /^aws autoscaling start-instance-refresh --auto-scaling-group-name web .*"MinHealthyPercentage":90.*"SkipMatching":false/,
  );
});
