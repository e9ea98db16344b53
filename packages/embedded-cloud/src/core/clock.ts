import { createClock, type Clock as FakeClock } from '@sinonjs/fake-timers';
import { drain, takeOver, tick } from './globals';
import { activeResources, newResources } from './resources';
import type { SeededWorld } from './world';

/** Node fires longer timers at once, so a longer delay takes several timers. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Virtual time. It moves only during {@link runUntil}: to the next timer, then everything that it set in motion runs,
 * and so on until a predicate holds. In each instant the real event loop has one turn. The clock never waits for "no
 * timers left", since scheduled rules have no end.
 */
export class Clock {
  private readonly fake: FakeClock;
  private readonly baseline = activeResources();
  private readonly running = new Map<string, string>();
  private entered = 0;
  private leave: (() => void) | undefined;
  private failure: Error | undefined;
  /** The instant (epoch milliseconds) in which the real event loop had its turn last. */
  private turnedAt = -1;

  constructor(
    startAt: number,
    private readonly world: SeededWorld,
  ) {
    this.fake = createClock(startAt, Number.MAX_SAFE_INTEGER);
    // Timers that were set in real time may be cleared in virtual time.
    Object.assign(this.fake, { shouldClearNativeTimers: true });
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.fake.now;
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /**
   * Runs `then` once, in `delayMs`. A delay of more than 24.8 days takes several timers.
   * @returns a function that cancels it
   */
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

  /** Makes timers, dates and chance of this process virtual. Nested calls are counted. */
  enter(): void {
    this.leave ??= takeOver(this.fake, this.world);
    // Counted last: if `takeOver` refuses, this cloud must not count as entered, or it would never leave virtual time
    // later.
    this.entered += 1;
  }

  exit(): void {
    this.entered -= 1;
    if (this.entered > 0) return;
    this.entered = 0;
    this.leave?.();
    this.leave = undefined;
  }

  /**
   * Notes that a function's code is running, so that an error about determinism can name it.
   * @returns a function that ends the note
   */
  watch(invocation: string, functionName: string): () => void {
    this.running.set(invocation, functionName);
    return () => this.running.delete(invocation);
  }

  /** Makes the run fail because of a defect of the cloud itself; no code inside the run can catch it. */
  fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /**
   * Lets time pass until `until` holds or `limitMs` of virtual time have passed, whichever is first.
   * @returns whether it held.
   * @throws the error passed to {@link fail}, or an error if a function used what virtual time cannot wait for
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
