import { distance, nearest } from '../../../lib/application/nearest';

test.each([
  ['', '', 0],
  ['group', 'grup', 1],
  ['group', 'gruop', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
])('The distance from %j to %j is %d changes', (from, to, expected) => {
  expect(distance(from, to)).toBe(expected);
  expect(distance(to, from)).toBe(expected);
});

test.each([
  ['strategie', ['strategy', 'scaling'], 'strategy'],
  ['max_concurrency', ['maxConcurrency', 'maxErrors'], 'maxConcurrency'],
  ['min-healthy-percentage', ['minHealthyPercentage', 'maxHealthyPercentage'], 'minHealthyPercentage'],
  ['zebra', ['group', 'image'], undefined],
  ['x', ['s3', 'git'], undefined],
])('The name %j probably meant the nearest one of %j', (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});
