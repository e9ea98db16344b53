import type { Clock as FakeClock } from '@sinonjs/fake-timers';
import type { SeededWorld } from './world';

/** Taken before anything is replaced: `drain` needs a real timer. */
const realSetImmediate = globalThis.setImmediate;

/** Runs everything that is already under way: all microtasks, and one turn of the real event loop. */
export const drain = (): Promise<void> => new Promise((resolve) => void realSetImmediate(resolve));

/**
 * Waits until all promises that do not need the event loop have settled: ticks run when no microtask is left. A turn of
 * the event loop takes ten times as long, and thousands of timers may be due in one instant.
 */
export const tick = (): Promise<void> => new Promise((resolve) => void process.nextTick(resolve));

type Restore = () => void;

const replace = (owner: object, name: string, value: unknown): Restore => {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    if (before) Object.defineProperty(owner, name, before);
    else Reflect.deleteProperty(owner, name);
  };
};

/** `AbortSignal.timeout` in virtual time; Node uses an internal timer for it. */
const abortAfter = (clock: FakeClock) => (delayMs: number) => {
  const controller = new AbortController();
  clock.setTimeout(() => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, delayMs);
  return controller.signal;
};

const timers = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'Intl',
] as const;

let holder: FakeClock | undefined;

/**
 * Replaces real time and chance with virtual time and seeded chance. `nextTick` and `queueMicrotask` stay real:
 * promises depend on them, and they take no time. The library's own `install` is not used, since it makes a new clock
 * each time. This clock can leave and come back with its timers still in place, so that time stands still between
 * commands.
 * @returns a function that undoes it
 * @throws Error while another cloud runs: the timers of one would be skipped by the time of the other, and it would
 * wait for ever
 */
export const takeOver = (clock: FakeClock, world: SeededWorld): Restore => {
  // The library types `performance` and `hrtime` as Node's whole objects; only these members are used.
  const fake = clock as unknown as Record<string, unknown> & {
    performance: { now: () => number };
    hrtime: unknown;
  };
  if (holder)
    throw new Error(
      'Another embedded cloud runs in this process: only one can at a time. Await its end, or the test that it is of.',
    );
  holder = clock;
  const restores = [
    ...timers.map((name) => replace(globalThis, name, fake[name])),
    replace(globalThis.performance, 'now', fake.performance.now),
    replace(process, 'hrtime', fake.hrtime),
    replace(Math, 'random', world.random),
    replace(globalThis.crypto, 'randomUUID', world.randomUUID),
    replace(globalThis.crypto, 'getRandomValues', world.getRandomValues),
    replace(AbortSignal, 'timeout', abortAfter(clock)),
  ];
  return () => {
    for (const restore of restores.reverse()) restore();
    holder = undefined;
  };
};
