import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { whenAborted } from './withinTime';

/** Tells which region messages are to go to first; undefined: nobody has said. */
export interface ActiveRegion {
  current(): Promise<string | undefined>;
}

export interface ActiveRegionSettings {
  /** Where to read, in this order: one client for each region that has a copy of the table. */
  readonly clients: readonly DynamoDBClient[];
  readonly tableName: string;
  /** The item's key, for instance `{ name: 'tickets' }`. */
  readonly key: Readonly<Record<string, string>>;
  /** The string attribute that names the region. `active` unless told. */
  readonly attribute?: string;
  /** One copy is waited for so long, before the next is asked: 1 s unless told. */
  readonly timeoutSeconds?: number;
  /** A signal that fires after so many milliseconds; `AbortSignal.timeout` unless told. */
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
          // A region that is silent, and not merely down, must not keep the other copy from being read.
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
 * Asks at most every `cacheMs`, however many ask at once. A question that fails, or takes longer than `patienceMs`, leaves
 * the last answer standing: that a table cannot be read keeps no message from being sent.
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
  /** Answers of questions that a later one has overtaken count no more. */
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
      // Also while a question is open: one that is never answered must not be the last.
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
