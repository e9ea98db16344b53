import type { Item } from './values';

export interface KeySchema {
  readonly partition: string;
  readonly sort?: string;
}

export interface Index {
  readonly name: string;
  readonly kind: 'global' | 'local';
  readonly keys: KeySchema;
  /** Which attributes an index query gives: all, the keys, or the keys and these. */
  readonly projection: 'ALL' | 'KEYS_ONLY' | readonly string[];
}

/** What an item was before a write, as long as an eventually consistent read may still see it. */
export interface Former {
  readonly partition: string;
  readonly sort: string;
  readonly item: Item | null;
  readonly writtenAt: number;
}

export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  readonly keys: KeySchema;
  /** Types of the key attributes, of the table and its indexes. */
  readonly attributeTypes: Readonly<Record<string, 'S' | 'N' | 'B'>>;
  readonly indexes: readonly Index[];
  readonly billing: 'PAY_PER_REQUEST' | 'PROVISIONED';
  /** The attribute that holds an item's expiry, epoch seconds. */
  readonly timeToLive?: string;
  /** By partition key, then sort key, both as text with their type (`S:api`, `N:7`; '' without sort key). */
  readonly partitions: Record<string, Record<string, Item>>;
  former: Former[];
}

export interface DynamoDbState {
  tables: Record<string, Table>;
  /** How long an eventually consistent read may lag. 0: reads are always up to date. */
  eventualLagMs: number;
  /** ClientRequestTokens of transactions, remembered for 10 minutes as AWS does. */
  tokens: Record<string, { readonly request: string; readonly until: number }>;
}
