import { createClock, type Clock as FakeClock } from '@sinonjs/fake-timers';
import { drain, takeOver, tick } from './globals';
import { activeResources, newResources } from './resources';
import type { SeededWorld } from './world';

/** Node fires longer timers at once; what is due later is looked at again then. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Virtual time. It moves only while somebody pumps it ({@link runUntil}): the next timer, then everything that it set
 * in motion, until a predicate holds. In each instant the real event loop has one turn. It never waits for "no timers
 * left": scheduled rules have no end.
 */
export class Clock {
  private readonly fake: FakeClock;
  private readonly baseline = activeResources();
  private readonly running = new Map<string, string>();
  private entered = 0;
  private leave: (() => void) | undefined;
  private failure: Error | undefined;
  /** The instant (epoch milliseconds) in which the real event loop has had its turn. */
  private turnedAt = -1;

  constructor(
    startAt: number,
    private readonly world: SeededWorld,
  ) {
    this.fake = createClock(startAt, Number.MAX_SAFE_INTEGER);
    // Timers set before time became virtual may be cleared while it is.
    Object.assign(this.fake, { shouldClearNativeTimers: true });
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.fake.now;
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Runs `then` once, in `delayMs`; the answer cancels it. Later than 24.8 days takes several timers. */
  after(delayMs: number, then: () => void): () => void {
    const at = this.fake.now + Math.max(0, delayMs);
    const arm = (): ReturnType<FakeClock['setTimeout']> =>
      this.fake.setTimeout(
        () => {
          if (this.fake.now >= at) then();
          else timer = arm();
        },
        Math.min(at - this.fake.now, maxTimerMs),
      );
    let timer = arm();
    return () => {
      this.fake.clearTimeout(timer);
    };
  }

  /** Makes timers, dates and chance of this process virtual. Nested calls count. */
  enter(): void {
    this.leave ??= takeOver(this.fake, this.world);
    // Counted last: a cloud that was refused must not hold virtual time for good when it runs later.
    this.entered += 1;
  }

  exit(): void {
    this.entered -= 1;
    if (this.entered > 0) return;
    this.entered = 0;
    this.leave?.();
    this.leave = undefined;
  }

  /** Notes that code of a function runs, so that what breaks determinism can be named; the answer ends the note. */
  watch(invocation: string, functionName: string): () => void {
    this.running.set(invocation, functionName);
    return () => this.running.delete(invocation);
  }

  /** Makes the run fail: a defect of the cloud itself, which nothing inside must be able to swallow. */
  fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /**
   * Lets time pass until `until` holds or `limitMs` of virtual time have passed, whichever is first.
   * @returns whether it held.
   * @throws what was handed to {@link fail}, and where a function used what virtual time cannot wait for.
   */
  async runUntil(until: () => boolean, limitMs: number): Promise<boolean> {
    this.enter();
    let timeIsUp = false;
    const stop = this.after(limitMs, () => {
      timeIsUp = true;
    });
    this.turnedAt = -1;
    try {
      await this.settle();
      while (!until()) {
        if (timeIsUp) return false;
        this.fake.next();
        await this.settle();
      }
      return true;
    } finally {
      stop();
      this.exit();
    }
  }

  private async settle(): Promise<void> {
    const hasTurned = this.turnedAt === this.fake.now;
    this.turnedAt = this.fake.now;
    await (hasTurned ? tick() : drain());
    if (this.failure) {
      const failure = this.failure;
      this.failure = undefined;
      throw failure;
    }
    if (hasTurned || this.running.size === 0) return;
    const used = newResources(this.baseline);
    if (used.length > 0)
      throw new Error(
        `${[...new Set(this.running.values())].join(' or ')} used ${used.join(', ')}: a function must not read files, ` +
          'open sockets, compress or derive keys on the embedded cloud, since the run would not be the same twice.',
      );
  }
}
