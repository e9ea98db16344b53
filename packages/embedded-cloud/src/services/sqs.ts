import type { CloudWatchService } from './cloudwatch';
import { outageOf, unavailable } from '../core/outage';
import { AwsError } from '../core/errors';
import { serviceIsAllowed } from '../iam/resource-policy';
import type { AnyAction, Region, Service } from '../core/service';
import { sqsActions } from '../sqs/actions';
import { rememberSent, seenBefore } from '../sqs/deduplication';
import { LongPolls } from '../sqs/longPolls';
import { Pollers } from '../sqs/pollers';
import { addMessage, countMessages, outlook } from '../sqs/messages';
import { continueMove } from '../sqs/moves';
import { makeQueue, type QueueOptions } from '../sqs/queues';
import type { SendOptions, Sent } from '../sqs/sending';
import { emptySqs, type Mapping, type Message, type Queue, type SqsState } from '../sqs/state';

declare module '../core/service' {
  interface Services {
    sqs: SqsService;
  }
}

/** An AWS service that sends for a rule or topic. The queue's policy must allow it. */
export interface OnBehalf {
  /** `events.amazonaws.com` */
  readonly principal: string;
  /** ARN of the rule or topic. */
  readonly sourceArn: string;
}

/** An agenda entry: a message that an AWS service sends once SQS is available again. */
interface Held {
  readonly queue: string;
  readonly body: string;
  readonly options: SendOptions;
}

export class SqsService implements Service<SqsState> {
  state = emptySqs();
  readonly actions: Readonly<Record<string, AnyAction>>;
  private readonly pollers: Pollers;
  readonly longPolls: LongPolls;
  private cloudwatch: CloudWatchService | null | undefined;

  constructor(private readonly region: Region) {
    this.pollers = new Pollers(this, region);
    this.longPolls = new LongPolls(this, region);
    this.actions = sqsActions(this);
  }

  /** Creates a queue, or changes an existing one, which keeps its messages. Returns its URL. @throws AwsError */
  createQueue(options: QueueOptions): string {
    const before = this.state.queues[options.name];
    const queue = makeQueue(this.region, options, before);
    this.state.queues[options.name] = queue;
    return queue.url;
  }

  /**
   * Creates a mapping, or changes an existing one of the same queue and function, whose polls continue. A mapping
   * that starts to poll receives messages already in the queue.
   * @throws AwsError InvalidParameterValueException if AWS refuses the batch size, window or concurrency
   */
  createMapping(options: Omit<Mapping, 'id'>): Mapping {
    return this.pollers.put(options);
  }

  /** Finds a mapping by its id (AWS's UUID). @throws AwsError ResourceNotFoundException */
  mapping(id: string): Mapping {
    return this.pollers.find(id);
  }

  /** Mappings in the order of their creation, filtered by function or queue. */
  mappings(filter: { readonly functionName?: string; readonly queueArn?: string } = {}): readonly Mapping[] {
    return Object.values(this.state.mappings).filter(
      ({ functionName, queueArn }) =>
        functionName === (filter.functionName ?? functionName) && queueArn === (filter.queueArn ?? queueArn),
    );
  }

  /**
   * Changes a mapping like Lambda's UpdateEventSourceMapping: running batches finish, and a disabled mapping starts
   * no others.
   */
  updateMapping(
    id: string,
    changes: Partial<Omit<Mapping, 'id' | 'queueArn' | 'functionName' | 'roleArn'>>,
  ): Mapping {
    return this.pollers.put({ ...this.mapping(id), ...changes });
  }

  deleteMapping(id: string): Mapping {
    const mapping = this.mapping(id);
    Reflect.deleteProperty(this.state.mappings, id);
    return mapping;
  }

  /** Finds a queue by name or ARN. */
  queue(nameOrArn: string): Queue | undefined {
    return this.state.queues[nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1)];
  }

  /** The numbers of messages that a queue's CloudWatch metrics show. */
  count(nameOrArn: string): { visible: number; notVisible: number; delayed: number } {
    const queue = this.queue(nameOrArn);
    return queue ? countMessages(queue, this.region.now()) : { visible: 0, notVisible: 0, delayed: 0 };
  }

  /**
   * Sends for an AWS service (a rule's target, a dead letter, a topic's subscription). While SQS is down in this
   * region, EventBridge gets an error and follows the rule's own retry policy. The other services retry until SQS is
   * available again.
   *
   * @throws AwsError QueueDoesNotExist; AccessDenied if the queue's policy does not allow `onBehalf` to send;
   *   ServiceUnavailable
   */
  send(queueArn: string, body: string, options: SendOptions = {}, onBehalf?: OnBehalf): string {
    const { region } = this;
    const queue = this.queue(queueArn);
    if (!queue) throw new AwsError('QueueDoesNotExist', `The specified queue does not exist: ${queueArn}`);
    if (onBehalf) this.judge(queue, onBehalf);
    const sendOptions = { senderId: onBehalf?.principal ?? 'AIDAISERVICE', ...options };
    if (!outageOf(region.faults, { region: region.name, service: 'sqs', now: region.now() }))
      return this.accept(queue, body, sendOptions).id;
    if (onBehalf?.principal === 'events.amazonaws.com') throw unavailable();
    region.schedule(0, 'sqs', 'send', { queue: queue.name, body, options: sendOptions } satisfies Held);
    return region.newId();
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

  /**
   * Accepts a message. A fault may lose, delay or double it. A FIFO queue accepts no message twice within five
   * minutes: a double gets the response of the first.
   * @throws AwsError if parameters are missing that a FIFO queue needs
   */
  accept(queue: Queue, body: string, options: SendOptions): Sent {
    const now = this.region.now();
    const identity = seenBefore(queue, body, options, now);
    if ('sent' in identity) return identity.sent;
    const id = this.region.newId();
    const delayMs = (options.delaySeconds ?? queue.delaySeconds) * 1000;
    const copies = this.region.faults.message?.(this.region.name, queue.name, body) ?? [0];
    let sent: Sent = { id };
    for (const extraMs of queue.fifo ? copies.slice(0, 1) : copies) {
      const { sequenceNumber } = this.put(queue, {
        id,
        body,
        attributes: options.attributes ?? {},
        senderId: options.senderId ?? 'AIDAISERVICE',
        sentAt: now,
        visibleAt: now + delayMs + extraMs,
        ...(options.groupId !== undefined && { groupId: options.groupId }),
        ...(identity.deduplicationId !== undefined && { deduplicationId: identity.deduplicationId }),
      });
      sent = { id, ...(sequenceNumber !== undefined && { sequenceNumber }) };
    }
    rememberSent(queue, identity, sent, now);
    return sent;
  }

  /** Puts a message at a queue's end, and wakes mappings, long polls and alarms. */
  put(queue: Queue, message: Parameters<typeof addMessage>[1]): Message {
    const now = this.region.now();
    const added = addMessage(queue, message, now);
    this.wake(queue, added.visibleAt - now);
    this.alarms()?.queueChanged(queue.name);
    return added;
  }

  /** CloudWatch, if this cloud has it. */
  private alarms(): CloudWatchService | undefined {
    if (this.cloudwatch === undefined) {
      try {
        this.cloudwatch = this.region.service('cloudwatch') ?? null;
      } catch {
        this.cloudwatch = null;
      }
    }
    return this.cloudwatch ?? undefined;
  }

  /** Makes the queue's mappings and long polls poll when a message becomes visible in `delayMs`. */
  wake(queue: Queue, delayMs: number): void {
    this.pollers.wake(queue, delayMs);
    this.longPolls.wake(queue, delayMs);
  }

  /** Wakes them for the queue's next visible message. */
  wakeForNext(queue: Queue): void {
    const now = this.region.now();
    const { isReady, next } = outlook(queue, now);
    if (isReady) this.wake(queue, 0);
    else if (next !== undefined) this.wake(queue, next - now);
  }

  async due(kind: string, payload: unknown): Promise<void> {
    if (kind === 'poll') await this.pollers.poll(payload as { mapping: string; at?: number });
    else if (kind === 'serve') this.longPolls.serve(payload as { queue: string });
    else if (kind === 'send') this.sendHeld(payload as Held);
    else if (kind === 'move') continueMove(this, this.region, payload as { handle: string });
    else throw new Error(`SQS put no ${kind} on the agenda.`);
  }

  private sendHeld({ queue: name, body, options }: Held): void {
    const queue = this.queue(name);
    if (queue) this.accept(queue, body, options);
  }

  quiet(): boolean {
    return this.pollers.isQuiet;
  }
}

export const makeSqs = (region: Region): SqsService => new SqsService(region);
