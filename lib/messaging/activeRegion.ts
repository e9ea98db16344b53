import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

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
}

/** The active region as an item of a table that both regions can read. @throws what the last client threw */
export const activeRegionInTable = (settings: ActiveRegionSettings): ActiveRegion => {
  const { clients, tableName, key, attribute = 'active' } = settings;
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
          const { Item: item } = await client.send(command());
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
  const askAgain = async () => {
    try {
      known = await source.current();
    } catch {
      // The last answer stands.
    } finally {
      asking = undefined;
    }
  };
  return {
    current: async () => {
      const now = settings.clock();
      if (asking === undefined && now - askedAt >= settings.cacheMs) {
        askedAt = now;
        asking = askAgain();
      }
      if (asking !== undefined)
        await Promise.race([asking, whenAborted(settings.timeout(settings.patienceMs))]);
      return known;
    },
  };
};

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
