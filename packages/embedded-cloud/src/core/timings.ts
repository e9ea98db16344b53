import type { Timings } from './service';

const second = 1000;
const minute = 60 * second;

/**
 * Durations unless the cloud's description sets others. The first block is the overhead of API, functions and state
 * machines. The rest is what AWS and the application take, typical of small Linux instances.
 */
export const defaultTimings: Timings = {
  apiMs: 30,
  coldStartMs: 400,
  warmStartMs: 15,
  warmForMs: 7 * minute,
  transitionMs: 25,
  eventMs: 500,
  queueMs: 50,
  spread: 0.2,
  bootMs: 25 * second,
  agentMs: 20 * second,
  applicationStartMs: 20 * second,
  imageMs: 4 * minute,
  imageCopyMs: 6 * minute,
  commandMs: 2 * minute,
  terminateMs: 30 * second,
};
