import { secondsToNextPoll } from '../../../lib/engine/waiting/delays';

test.each([
  [0, 5],
  [1, 10],
  [2, 20],
  [5, 160],
  [6, 300],
  [1_000_000, 300],
])('after %i looks the next comes in %i seconds', (looks, seconds) => {
  expect(secondsToNextPoll(looks)).toBe(seconds);
});

test.each([
  [0.2, 1],
  [42.1, 43],
  [3_600, 300],
])('a thing expected in %d seconds is looked at in %i', (expected, seconds) => {
  expect(secondsToNextPoll(7, expected)).toBe(seconds);
});
