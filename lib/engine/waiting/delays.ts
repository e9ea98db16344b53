/** SQS delays a message by at most 900 seconds; ours stay far below. */
const firstSeconds = 5;
const maxSeconds = 300;

/**
 * Seconds until the next poll if no event comes: 5 s, doubling to 5 minutes. A step that knows when its resource should
 * be ready (a deregistration delay, a health check's interval) gives that time, and polls just then instead.
 * @param looks how many polls there were.
 */
export const secondsToNextPoll = (looks: number, expectedSeconds?: number): number =>
  expectedSeconds === undefined
    ? Math.min(firstSeconds * 2 ** Math.min(looks, 16), maxSeconds)
    : Math.min(Math.max(Math.ceil(expectedSeconds), 1), maxSeconds);

/**
 * When to look again after passing trouble (AWS is busy, or another change of the group is under way): 5 s, three times
 * as long each time up to 5 minutes, however far apart the looks had been before.
 * @param troubles how many looks in a row have met it.
 */
export const secondsAfterTrouble = (troubles: number): number =>
  Math.min(firstSeconds * 3 ** Math.min(troubles - 1, 16), maxSeconds);
