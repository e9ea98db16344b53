import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { whenAborted } from './withinTime';

/** Which region messages go to first; undefined where none is set. */
export interface ActiveRegion {
  current(): Promise<string | undefined>;
}

export interface ActiveRegionSettings {
  /** The clients to read with, in this order: one for each region that has a copy of the table. */
  readonly clients: readonly DynamoDBClient[];
  readonly tableName: string;
  /** The item's key, for instance `{ name: 'tickets' }`. */
  readonly key: Readonly<Record<string, string>>;
  /** The string attribute that names the region. Default: `active`. */
  readonly attribute?: string;
  /** How long to wait for one copy before the next is read. Default: 1. */
  readonly timeoutSeconds?: number;
  /** A signal that fires after so many milliseconds. Default: `AbortSignal.timeout`. */
  readonly timeout?: (ms: number) => AbortSignal;
}

/** The active region as an item of a table that both regions can read. @throws what the last client threw */
export const activeRegionInTable = (settings: ActiveRegionSettings): ActiveRegion => {
  const { clients, tableName, key, attribute = 'active', timeoutSeconds = 1 } = settings;
  const timeout = settings.timeout ?? ((ms: number) => AbortSignal.timeout(ms));
  const command = () =>
    new GetItemCommand({
      TableName: tableName,
      Key: Object.fromEntries(Object.entries(key).map(([name, value]) => [name, { S: value }])),
      ConsistentRead: true,
    });
  return {
    current: async () => {
      let failure: unknown = new Error(`No client is given to read table ${tableName} with.`);
      for (const client of clients)
        try {
          // A region that answers nothing at all must not keep the other copy from being read.
          const { Item: item } = await client.send(command(), {
            abortSignal: timeout(timeoutSeconds * 1000),
          });
          return item?.[attribute]?.S;
        } catch (error) {
          failure = error;
        }
      throw failure;
    },
  };
};

/**
 * Reads the source at most every `cacheMs`, however many callers there are. If a read fails, or takes longer than `patienceMs`, the
 * last answer stands: a table that cannot be read must not keep messages from being sent.
 */
export const cached = (
  source: ActiveRegion,
  settings: {
    readonly cacheMs: number;
    readonly patienceMs: number;
    readonly clock: () => number;
    readonly timeout: (ms: number) => AbortSignal;
  },
): ActiveRegion => {
  let known: string | undefined;
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;
  /** Counts the reads: the answer of a read that a later one has overtaken is ignored. */
  let asked = 0;
  const askAgain = async () => {
    asked += 1;
    const question = asked;
    try {
      const answer = await source.current();
      if (question === asked) known = answer;
    } catch {
      // The last answer stands.
    } finally {
      if (question === asked) asking = undefined;
    }
  };
  return {
    current: async () => {
      const now = settings.clock();
      // Also while a read is open, which may never be answered.
      if (now - askedAt >= settings.cacheMs) {
        askedAt = now;
        asking = askAgain();
      }
      if (asking !== undefined)
        await Promise.race([asking, whenAborted(settings.timeout(settings.patienceMs))]);
      return known;
    },
  };
};
