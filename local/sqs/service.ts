import { AwsError } from '../errors';
import { serviceIsAllowed } from '../iam/resource-policy';
import type { AnyAction, Region, Service } from '../service';
import { changeMessageVisibility, deleteMessage, deleteMessageBatch } from './actions/deleteMessage';
import { getQueueAttributes, getQueueUrl, purgeQueue } from './actions/queues';
import { receiveMessage } from './actions/receiveMessage';
import { sendMessage, sendMessageBatch } from './actions/sendMessage';
import { handleBatch, pollAgainMs, receiveBatch } from './mapping';
import { countMessages } from './messages';
import { emptySqs, type Mapping, type Message, messageLimitBytes, type Queue, type SqsState } from './state';

declare module '../service' {
  interface Services {
    sqs: SqsService;
  }
}

/** What a queue can be given; AWS's defaults otherwise. */
export type QueueOptions = Pick<Queue, 'name'> &
  Partial<
    Pick<
      Queue,
      | 'visibilityTimeoutSeconds'
      | 'delaySeconds'
      | 'retentionSeconds'
      | 'maximumMessageBytes'
      | 'redrive'
      | 'policy'
    >
  >;

export interface SendOptions {
  readonly delaySeconds?: number;
  readonly attributes?: Message['attributes'];
  readonly senderId?: string;
}

/** An AWS service that sends on somebody's behalf: the queue's policy must let it. */
export interface OnBehalf {
  /** `events.amazonaws.com` */
  readonly principal: string;
  /** The rule or topic. */
  readonly sourceArn: string;
}

export class SqsService implements Service<SqsState> {
  state = emptySqs();
  readonly actions: Readonly<Record<string, AnyAction>>;
  /** Batches that functions are at, by mapping: transient, since messages come back by themselves. */
  private readonly busy = new Map<string, number>();

  constructor(private readonly region: Region) {
    this.actions = {
      ChangeMessageVisibility: changeMessageVisibility(this),
      DeleteMessage: deleteMessage(this),
      DeleteMessageBatch: deleteMessageBatch(this),
      GetQueueAttributes: getQueueAttributes(this),
      GetQueueUrl: getQueueUrl(this),
      PurgeQueue: purgeQueue(this),
      ReceiveMessage: receiveMessage(this),
      SendMessage: sendMessage(this),
      SendMessageBatch: sendMessageBatch(this),
    };
  }

  /** Creates a standard queue, or changes the one of that name, which keeps its messages; returns its URL. */
  createQueue(options: QueueOptions): string {
    if (options.name.endsWith('.fifo')) throw new Error(`FIFO queues are not modelled: ${options.name}`);
    const url = `https://sqs.${this.region.name}.amazonaws.com/${this.region.account}/${options.name}`;
    const before = this.state.queues[options.name];
    this.state.queues[options.name] = {
      visibilityTimeoutSeconds: 30,
      delaySeconds: 0,
      retentionSeconds: 345_600,
      maximumMessageBytes: messageLimitBytes,
      policy: [],
      ...options,
      arn: this.region.arn('sqs', options.name),
      url,
      createdAt: before?.createdAt ?? this.region.now(),
      messages: before?.messages ?? [],
    };
    return url;
  }

  /**
   * Creates a mapping, or changes that of the same queue and function, whose polls go on. One that begins to poll finds
   * what lies in the queue.
   */
  createMapping(options: Omit<Mapping, 'id'>): void {
    const before = Object.values(this.state.mappings).find(
      ({ queueArn, functionName }) => queueArn === options.queueArn && functionName === options.functionName,
    );
    const mapping = { ...options, id: before?.id ?? this.region.newId() };
    this.state.mappings[mapping.id] = mapping;
    if (before?.enabled) return;
    const now = this.region.now();
    const messages = this.queue(mapping.queueArn)?.messages ?? [];
    const delaysMs = new Set(messages.map(({ visibleAt }) => Math.max(0, visibleAt - now)));
    for (const delayMs of delaysMs) this.schedulePoll(mapping, delayMs);
  }

  /** By name or ARN. */
  queue(nameOrArn: string): Queue | undefined {
    return this.state.queues[nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1)];
  }

  /** How many messages a queue holds: what its CloudWatch metrics show. */
  count(nameOrArn: string): { visible: number; notVisible: number; delayed: number } {
    const queue = this.queue(nameOrArn);
    return queue ? countMessages(queue, this.region.now()) : { visible: 0, notVisible: 0, delayed: 0 };
  }

  /**
   * Sends as an AWS service does (a rule's target, a dead letter, a topic's subscription).
   *
   * @throws AwsError QueueDoesNotExist; AccessDenied where the queue's policy does not let `onBehalf` send.
   */
  send(queueArn: string, body: string, options: SendOptions = {}, onBehalf?: OnBehalf): string {
    const queue = this.queue(queueArn);
    if (!queue) throw new AwsError('QueueDoesNotExist', `The specified queue does not exist: ${queueArn}`);
    if (onBehalf) this.judge(queue, onBehalf);
    return this.accept(queue, body, { senderId: onBehalf?.principal ?? 'AIDAISERVICE', ...options });
  }

  private judge(queue: Queue, { principal, sourceArn }: OnBehalf): void {
    const account = this.region.account;
    const context = {
      'aws:sourcearn': sourceArn,
      'aws:sourceaccount': account,
      'aws:securetransport': 'true',
    };
    const requirement = { action: 'sqs:SendMessage', resource: queue.arn, context };
    if (serviceIsAllowed(queue.policy, principal, requirement)) return;
    const message =
      `User: ${principal} is not authorized to perform: sqs:sendmessage on resource: ${queue.arn} ` +
      'because no resource-based policy allows the sqs:sendmessage action';
    throw new AwsError('AccessDenied', message, { statusCode: 403 });
  }

  /** Takes a message; a fault may lose it, delay it or double it. Returns its id. */
  accept(queue: Queue, body: string, options: SendOptions): string {
    const id = this.region.newId();
    const now = this.region.now();
    const delayMs = (options.delaySeconds ?? queue.delaySeconds) * 1000;
    const copies = this.region.faults.message?.(this.region.name, queue.name, body) ?? [0];
    for (const extraMs of copies) {
      queue.messages.push({
        id,
        body,
        attributes: options.attributes ?? {},
        senderId: options.senderId ?? 'AIDAISERVICE',
        sentAt: now,
        visibleAt: now + delayMs + extraMs,
        receiveCount: 0,
        receiptHandles: [],
      });
      this.wake(queue, delayMs + extraMs);
    }
    return id;
  }

  /** Lets the queue's mappings poll when something becomes visible in `delayMs`. */
  wake(queue: Queue, delayMs: number): void {
    for (const mapping of Object.values(this.state.mappings))
      if (mapping.queueArn === queue.arn) this.schedulePoll(mapping, delayMs);
  }

  private schedulePoll({ id, windowSeconds, enabled }: Mapping, delayMs: number): void {
    if (!enabled) return;
    const { chance, timings } = this.region;
    const pollMs = chance.around(timings.queueMs, timings.spread) + windowSeconds * 1000;
    this.region.schedule(delayMs + pollMs, 'sqs', 'poll', { mapping: id });
  }

  async due(_kind: string, payload: unknown): Promise<void> {
    const mapping = this.state.mappings[(payload as { mapping: string }).mapping];
    const queue = mapping && this.queue(mapping.queueArn);
    if (!mapping || !queue) return;
    const work: Promise<void>[] = [];
    while (
      countMessages(queue, this.region.now()).visible > 0 &&
      this.busyWith(mapping) < mapping.maximumConcurrency
    ) {
      const batch = await receiveBatch(this.region, mapping, queue);
      if (batch === undefined) this.region.schedule(pollAgainMs, 'sqs', 'poll', payload);
      if (batch === undefined || batch.length === 0) break;
      work.push(this.follow(mapping, queue, batch));
    }
    await Promise.all(work);
  }

  quiet(): boolean {
    return this.busy.size === 0;
  }

  private busyWith({ id }: Mapping): number {
    return this.busy.get(id) ?? 0;
  }

  private async follow(
    mapping: Mapping,
    queue: Queue,
    batch: Parameters<typeof handleBatch>[3],
  ): Promise<void> {
    this.busy.set(mapping.id, this.busyWith(mapping) + 1);
    try {
      await handleBatch(this.region, mapping, queue, batch);
    } finally {
      const left = this.busyWith(mapping) - 1;
      if (left > 0) this.busy.set(mapping.id, left);
      else this.busy.delete(mapping.id);
    }
    // What had to wait for a free place.
    if (countMessages(queue, this.region.now()).visible > 0) this.wake(queue, 0);
  }
}

export const makeSqs = (region: Region): SqsService => new SqsService(region);
