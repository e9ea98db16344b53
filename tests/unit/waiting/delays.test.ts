import { secondsAfterTrouble, secondsToNextPoll } from '../../../lib/engine/waiting/delays';

test.each([
  [0, 5],
  [1, 10],
  [2, 20],
  [5, 160],
  [6, 300],
  [1_000_000, 300],
])('After %i polls the next comes in %i seconds', (looks, seconds) => {
  expect(secondsToNextPoll(looks)).toBe(seconds);
});

test.each([
  [0.2, 1],
  [42.1, 43],
  [3_600, 300],
])('A resource that is expected in %d seconds is polled in %i', (expected, seconds) => {
  expect(secondsToNextPoll(7, expected)).toBe(seconds);
});

test.each([
  [1, 5],
  [2, 15],
  [4, 135],
  [5, 300],
  [7, 300],
])('after %i troubles in a row the next look comes in %i seconds', (troubles, seconds) => {
  expect(secondsAfterTrouble(troubles)).toBe(seconds);
});
