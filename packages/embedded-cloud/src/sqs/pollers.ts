import type { Message as SdkMessage } from '@aws-sdk/client-sqs';
import { heldMs } from '../core/outage';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { checkMapping, handleBatch, pollAgainMs, receiveBatch } from './mapping';
import { countMessages, outlook } from './messages';
import type { Mapping, Queue, SqsState } from './state';

interface Sqs {
  readonly state: SqsState;
  queue(nameOrArn: string): Queue | undefined;
}

/**
 * Schedules the polls of event source mappings. Each mapping has at most one scheduled poll: when the next message
 * becomes visible, or when its batching window ends.
 */
export class Pollers {
  /** Number of running batches, by mapping. It is not saved, since messages become visible again by themselves. */
  private readonly busy = new Map<string, number>();

  constructor(
    private readonly sqs: Sqs,
    private readonly region: Region,
  ) {}

  get isQuiet(): boolean {
    return this.busy.size === 0;
  }

  /** @throws AwsError ResourceNotFoundException */
  find(id: string): Mapping {
    const mapping = this.sqs.state.mappings[id];
    if (mapping) return mapping;
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
      statusCode: 404,
      Type: 'User',
    });
  }

  put(options: Omit<Mapping, 'id'>): Mapping {
    checkMapping(options);
    const { mappings } = this.sqs.state;
    const before = Object.values(mappings).find(
      ({ queueArn, functionName }) => queueArn === options.queueArn && functionName === options.functionName,
    );
    const mapping = { ...options, id: before?.id ?? this.region.newId(), modifiedAt: this.region.now() };
    mappings[mapping.id] = mapping;
    const queue = this.sqs.queue(mapping.queueArn);
    if (queue && !before?.enabled) this.armForNext(mapping, queue);
    return mapping;
  }

  wake(queue: Queue, delayMs: number): void {
    for (const mapping of Object.values(this.sqs.state.mappings))
      if (mapping.queueArn === queue.arn) this.arm(mapping, queue, delayMs);
  }

  async poll(payload: { readonly mapping: string; readonly at?: number }): Promise<void> {
    const { mappings, polls = {} } = this.sqs.state;
    const mapping = mappings[payload.mapping];
    const queue = mapping && this.sqs.queue(mapping.queueArn);
    // A newer poll replaced this one. A poll that waited for the end of an outage has not been replaced.
    if (payload.at !== undefined && polls[payload.mapping] !== payload.at) return;
    Reflect.deleteProperty(polls, payload.mapping);
    if (!mapping?.enabled || !queue) return;
    const now = this.region.now();
    const waitMs = heldMs(this.region.faults, { region: this.region.name, service: 'lambda', now });
    if (waitMs === undefined) await this.work(mapping, queue);
    else this.schedule(mapping, waitMs);
  }

  private async work(mapping: Mapping, queue: Queue): Promise<void> {
    const running: Promise<void>[] = [];
    const isReady = () => outlook(queue, this.region.now()).isReady;
    while (isReady() && this.busyWith(mapping) < mapping.maximumConcurrency) {
      // Counts the batch before it receives, since another poll may run meanwhile.
      this.begin(mapping);
      const batch = await receiveBatch(this.region, mapping, queue);
      if (batch === undefined) this.schedule(mapping, pollAgainMs);
      if (batch === undefined || batch.length === 0) {
        this.end(mapping);
        break;
      }
      running.push(this.follow(mapping, queue, batch));
    }
    if (!isReady()) this.armForNext(mapping, queue);
    await Promise.all(running);
  }

  private busyWith({ id }: Mapping): number {
    return this.busy.get(id) ?? 0;
  }

  private begin(mapping: Mapping): void {
    this.busy.set(mapping.id, this.busyWith(mapping) + 1);
  }

  private end(mapping: Mapping): void {
    const left = this.busyWith(mapping) - 1;
    if (left > 0) this.busy.set(mapping.id, left);
    else this.busy.delete(mapping.id);
  }

  private async follow(mapping: Mapping, queue: Queue, batch: readonly SdkMessage[]): Promise<void> {
    try {
      await handleBatch(this.region, mapping, queue, batch);
    } finally {
      this.end(mapping);
    }
    // For messages that waited for free concurrency.
    const current = this.sqs.state.mappings[mapping.id];
    if (current) this.armForNext(current, queue);
  }

  private armForNext(mapping: Mapping, queue: Queue): void {
    const now = this.region.now();
    const { isReady, next } = outlook(queue, now);
    if (isReady) this.arm(mapping, queue, 0);
    else if (next !== undefined) this.arm(mapping, queue, next - now);
  }

  /** Schedules a poll. A full batch does not wait for the end of the window. */
  private arm(mapping: Mapping, queue: Queue, delayMs: number): void {
    if (!mapping.enabled) return;
    const isFull = () => countMessages(queue, this.region.now()).visible >= mapping.batchSize;
    const windowMs = mapping.windowSeconds > 0 && !isFull() ? mapping.windowSeconds * 1000 : 0;
    const earliest = this.region.now() + delayMs + windowMs;
    if ((this.sqs.state.polls?.[mapping.id] ?? Infinity) <= earliest) return;
    const { timings } = this.region;
    const chance = this.region.chanceOf(mapping.id);
    this.schedule(mapping, delayMs + windowMs + chance.around(timings.queueMs, timings.spread));
  }

  private schedule({ id }: Mapping, delayMs: number): void {
    const at = this.region.now() + Math.round(delayMs);
    const polls = (this.sqs.state.polls ??= {});
    if ((polls[id] ?? Infinity) <= at) return;
    polls[id] = at;
    this.region.schedule(Math.round(delayMs), 'sqs', 'poll', { mapping: id, at });
  }
}
