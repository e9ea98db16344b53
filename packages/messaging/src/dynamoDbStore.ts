import {
  BatchWriteItemCommand,
  type ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { nameOf } from './failure';
import { retryingConflicts } from './conflicts';
import { ConsistencyCheck, type ConsistencyPromise } from './consistency';
import { type MarkItem, overtakenKey, readMark, readOvertaken, writeMark } from './dynamoDbMark';
import { GroupCommit } from './groupCommit';
import {
  answerOf,
  type LeaseAnswer,
  type LeaseRequest,
  type Lease,
  type Mark,
  grantedMark,
  payloadOf,
  taken,
} from './lease';
import { type Consistency, type DeduplicationStore, type Done, type DoneTwice, leaseLost } from './store';

export interface DynamoDbStoreSettings {
  /** Make it with {@link fastDynamoDb}, which saves time on each call. */
  readonly client: DynamoDBClient;
  /** A table whose only key is the partition key `id`, a string. */
  readonly tableName: string;
  readonly promise: ConsistencyPromise;
  /** For `across-regions` on a single-region table: the region of the table that the consumers of all regions use. */
  readonly onlyRegion?: string;
  /** Waits before a write is tried again that met another region's. Default: `setTimeout`. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Milliseconds, to measure how long a done mark has waited for its request. Default: `Date.now`. */
  readonly clock?: () => number;
}

/** A write that was done, or the mark that stood in its way. */
type Written = { readonly done: true } | { readonly done: false; readonly met: Mark | undefined };

const sleepFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Nearly every message is new: this is the shortest condition for it. */
const isNew = { ConditionExpression: 'attribute_not_exists(id)' } as const;

/** BatchWriteItem takes no more at once. */
const maxGroupSize = 25;

/** Safety margin for clock skew: with less of the lease left, writes are conditional. */
const clockSkewMs = 3000;

/** A done mark that is to be written. */
interface Finish {
  readonly id: string;
  readonly lease: Lease;
  readonly mark: Mark;
  /** By the store's own clock: until then the lease holds, whatever the skew. */
  readonly sureUntil: number;
}

/** The mark is still with this holder. */
const isHeldBy = (owner: string) => ({
  ConditionExpression: 'heldBy = :owner',
  ExpressionAttributeValues: { ':owner': { S: owner } },
});

/** The same, and it is not done meanwhile: a holder whose lease has expired may finish until another takes over. */
const isUndoneBy = (owner: string) => ({
  ...isHeldBy(owner),
  ConditionExpression: 'heldBy = :owner AND attribute_not_exists(doneAt)',
});

/**
 * Marks in a DynamoDB table: single-region, MREC or MRSC. No transactions and no TTL, neither of which an MRSC table has.
 *
 * A message costs one conditional write and a share of a request for the done marks of its batch: at most two requests. A
 * double costs one, a take-over one more. (Some implementations do not return the old item of a failed condition, as AWS
 * does: there it costs a read, too.) Needs `dynamodb:PutItem`, `BatchWriteItem`, `UpdateItem`, `GetItem`; `DescribeTable` for
 * `across-regions`; `Scan` for {@link doneTwice}.
 */
export class DynamoDbStore implements DeduplicationStore {
  private readonly check: ConsistencyCheck;
  private readonly sleep: (ms: number) => Promise<void>;
  private readonly clock: () => number;
  private readonly finishes: GroupCommit<Finish>;
  private passed: boolean;

  constructor(private readonly settings: DynamoDbStoreSettings) {
    const { client, tableName, promise, onlyRegion, sleep, clock } = settings;
    this.check = new ConsistencyCheck(client, tableName, promise, onlyRegion);
    this.sleep = sleep ?? sleepFor;
    this.clock = clock ?? Date.now;
    this.passed = promise === 'within-region';
    this.finishes = new GroupCommit(maxGroupSize, (group) => this.finishGroup(group));
  }

  consistency(): Promise<Consistency> {
    return this.check.passed();
  }

  /** @throws ConsistencyRefused: no effect happens under a promise that cannot be kept */
  async begin(claim: LeaseRequest): Promise<LeaseAnswer> {
    if (!this.passed) {
      await this.check.passed();
      this.passed = true;
    }
    const mark = grantedMark(claim);
    const written = await this.put(claim.id, claim.owner, mark, isNew);
    if (written.done) return taken(claim, mark);
    // The mark was deleted meanwhile. The message's next delivery tries again.
    if (!written.met) return { state: 'held', mark: undefined };
    return answerOf(claim, written.met) ?? this.takeOver(claim, written.met);
  }

  private async takeOver(claim: LeaseRequest, seen: Mark): Promise<LeaseAnswer> {
    const mark = grantedMark(claim, seen);
    const unchanged = seen.doneAt === undefined ? isUndoneBy(seen.heldBy) : isHeldBy(seen.heldBy);
    const written = await this.put(claim.id, claim.owner, mark, unchanged);
    if (written.done) return taken(claim, mark);
    const { met } = written;
    return (met && answerOf(claim, met)) ?? { state: 'held', mark: met };
  }

  /**
   * While the lease holds, nobody else may write the mark. A done mark needs no condition then, and those of a batch go in
   * one request. Once the lease may have expired, also while the request waited or was on its way, each is written by
   * itself, on condition that nobody has taken over.
   */
  async finish(lease: Lease, { now, ...done }: Done): Promise<void> {
    const { id, owner, fence, heldUntil } = lease;
    const mark = { fence, heldBy: owner, heldUntil, ...payloadOf(lease), doneAt: now, ...done };
    const sureUntil = this.clock() + heldUntil - now - clockSkewMs;
    const finish = { id, lease, mark, sureUntil };
    if (this.clock() < sureUntil) await this.finishes.add(finish);
    else await this.finishOne(finish);
  }

  private async finishGroup(group: readonly Finish[]): Promise<readonly PromiseSettledResult<void>[]> {
    const written = await this.writeTogether(group.filter(({ sureUntil }) => this.clock() < sureUntil));
    return Promise.allSettled(
      group.map(async (finish) => {
        if (!written.has(finish.id)) await this.finishOne(finish);
      }),
    );
  }

  /** Aborts when the first of the leases may have expired. @returns the ids of those that are written for certain */
  private async writeTogether(group: readonly Finish[]): Promise<ReadonlySet<string>> {
    if (group.length < 2) return new Set();
    const { client, tableName } = this.settings;
    const requests = group.map(({ id, mark }) => ({ PutRequest: { Item: writeMark(id, mark) } }));
    const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } });
    const leftMs = Math.min(...group.map(({ sureUntil }) => sureUntil)) - this.clock();
    const unsure = new AbortController();
    const timer = setTimeout(() => {
      unsure.abort();
    }, leftMs);
    try {
      const { UnprocessedItems: unprocessed } = await client.send(command, { abortSignal: unsure.signal });
      const left = (unprocessed?.[tableName] ?? []).map(({ PutRequest: put }) => put?.Item?.id?.S);
      return new Set(group.map(({ id }) => id).filter((id) => !left.includes(id)));
    } catch {
      // Some may have been written. Writing a done mark again is harmless, so each is tried by itself.
      return new Set();
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws LeaseLost */
  private async finishOne({ id, lease, mark }: Finish): Promise<void> {
    const { owner } = lease;
    // A retry after a lost answer writes the same mark again.
    const written = await this.put(id, owner, mark, isHeldBy(owner));
    if (written.done) return;
    const count = new UpdateItemCommand({
      TableName: this.settings.tableName,
      Key: overtakenKey(id),
      UpdateExpression: 'ADD overtaken :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    await retryingConflicts(() => this.settings.client.send(count), owner, this.sleep);
    throw leaseLost(lease, written.met);
  }

  async release({ id, owner, fence, ...lease }: Lease): Promise<void> {
    const mark = { fence, heldBy: owner, heldUntil: 0, ...payloadOf(lease) };
    await this.put(id, owner, mark, isUndoneBy(owner));
  }

  async read(id: string): Promise<Mark | undefined> {
    const { client, tableName } = this.settings;
    const { Item: item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { id: { S: id } }, ConsistentRead: true }),
    );
    return item && readMark(item);
  }

  async doneTwice(): Promise<readonly DoneTwice[]> {
    const found: DoneTwice[] = [];
    const pages = paginateScan(
      { client: this.settings.client },
      {
        TableName: this.settings.tableName,
        ConsistentRead: true,
        FilterExpression: 'attribute_exists(overtaken)',
      },
    );
    for await (const { Items: items = [] } of pages) found.push(...items.map(readOvertaken));
    return found;
  }

  private async put(
    id: string,
    writer: string,
    mark: Mark,
    condition: { ConditionExpression: string; ExpressionAttributeValues?: MarkItem },
  ): Promise<Written> {
    const { client, tableName } = this.settings;
    const command = new PutItemCommand({
      TableName: tableName,
      Item: writeMark(id, mark),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...condition,
    });
    try {
      await retryingConflicts(() => client.send(command), writer, this.sleep);
      return { done: true };
    } catch (error) {
      // By name, not by class: the client can come from another copy of the SDK.
      if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
      const { Item: item } = error as ConditionalCheckFailedException;
      return { done: false, met: item ? readMark(item) : await this.read(id) };
    }
  }
}
