import { checkPattern, matchesPattern } from '@forseti/embedded-cloud';
import {
  brokenPatterns,
  exampleOf,
  mutationsOf,
  operatorPairs,
  type Pattern,
  rulePairs,
} from '../../e2e/contracts/patternPairs';

const pattern: Pattern = {
  source: ['acme'],
  detail: { status: [{ prefix: 'FAIL' }], error: [{ 'anything-but': ['Rejected'] }] },
};

test('The example of a pattern matches it', () => {
  expect(exampleOf(pattern)).toEqual({ source: 'acme', detail: { status: 'FAIL', error: 'any other' } });
  expect(matchesPattern(pattern, exampleOf(pattern))).toBe(true);
});

test('Each mutation differs from the event in one leaf, and all differ from one another', () => {
  const mutations = mutationsOf({ a: 'x', b: { c: 1 } });
  expect(mutations).toContainEqual({ b: { c: 1 } });
  expect(mutations).toContainEqual({ a: 'x', b: {} });
  expect(mutations).toContainEqual({ a: ['x', 'other'], b: { c: 1 } });
  expect(mutations).toContainEqual({ a: 'x', b: { c: '1' } });
  expect(mutations).not.toContainEqual({ a: 'x', b: { c: 1 } });
});

test('Among the pairs of a rule are some that match and some that do not', () => {
  const answers = new Set(rulePairs([pattern], []).map((pair) => matchesPattern(pair.pattern, pair.event)));
  expect(answers).toEqual(new Set([true, false]));
});

test('Every operator is among the pairs, each with a leaf that it matches', () => {
  const matched = operatorPairs().filter((pair) => matchesPattern(pair.pattern, pair.event));
  const patterns = new Set(operatorPairs().map((pair) => JSON.stringify(pair.pattern)));
  expect(new Set(matched.map((pair) => JSON.stringify(pair.pattern)))).toEqual(patterns);
});

test.each(brokenPatterns)('%j is no pattern', (broken) => {
  expect(() => {
    checkPattern(broken);
  }).toThrow('not valid');
});
