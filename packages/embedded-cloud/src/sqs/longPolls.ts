import type { Region } from '../core/service';
import { outlook } from './messages';
import type { Queue, SqsState } from './state';

interface Waiter {
  readonly queue: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** Tries again to receive. Returns whether the wait is over. */
  readonly tryAgain: () => boolean;
  readonly giveUp: () => void;
}

/** ReceiveMessage calls that wait for a message. They are not saved: a cloud with an open call is not quiet. */
export class LongPolls {
  private waiters: Waiter[] = [];
  /**
   * When the waiters of each queue poll next. Only one poll is scheduled, since otherwise each sent message would
   * add one.
   */
  private readonly looks = new Map<string, number>();

  constructor(
    private readonly sqs: { readonly state: SqsState },
    private readonly region: Region,
  ) {}

  /** Waits until `receive` returns messages, at most `seconds`. Then it returns the last answer. */
  wait<Answer>(
    queue: Queue,
    seconds: number,
    receive: () => { readonly answer: Answer; readonly isEmpty: boolean },
  ): Promise<Answer> {
    const deadline = this.region.now() + seconds * 1000;
    return new Promise((resolve, reject) => {
      const attempt = (isLast: boolean): boolean => {
        try {
          const { answer, isEmpty } = receive();
          if (isEmpty && !isLast) return false;
          resolve(answer);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        return true;
      };
      const waiter = {
        queue: queue.name,
        deadline,
        tryAgain: () => attempt(false),
        giveUp: () => void attempt(true),
      };
      this.waiters.push(waiter);
      this.look(queue.name, seconds * 1000);
      const { next } = outlook(queue, this.region.now());
      if (next !== undefined) this.wake(queue, next - this.region.now());
    });
  }

  /** A message becomes visible in `delayMs`. */
  wake({ name }: Queue, delayMs: number): void {
    if (this.waiters.some(({ queue }) => queue === name)) this.look(name, delayMs);
  }

  serve({ queue: name }: { readonly queue: string }): void {
    const now = this.region.now();
    if ((this.looks.get(name) ?? Infinity) <= now) this.looks.delete(name);
    for (const waiter of this.waiters.filter(({ queue }) => queue === name)) {
      const isOver = waiter.deadline <= now;
      if (isOver) waiter.giveUp();
      if (isOver || waiter.tryAgain()) this.waiters = this.waiters.filter((other) => other !== waiter);
    }
    const deadlines = this.waiters.filter(({ queue }) => queue === name).map(({ deadline }) => deadline);
    if (deadlines.length === 0) return;
    const queue = this.sqs.state.queues[name];
    const next = (queue && outlook(queue, now).next) ?? Infinity;
    this.look(name, Math.min(next, ...deadlines) - now);
  }

  private look(queue: string, delayMs: number): void {
    const at = this.region.now() + Math.max(0, Math.round(delayMs));
    if ((this.looks.get(queue) ?? Infinity) <= at) return;
    this.looks.set(queue, at);
    this.region.schedule(delayMs, 'sqs', 'serve', { queue });
  }
}
