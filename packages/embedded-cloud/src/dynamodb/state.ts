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

/** Which write of an item it is that stays: the one with the latest time. */
export interface Stamp {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Where it was written. */
  readonly region: string;
}

/** A write on its way to another region. */
export interface Change {
  readonly table: string;
  readonly partition: string;
  readonly sort: string;
  /** `null`: deleted. */
  readonly item: Item | null;
  readonly stamp: Stamp;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

/** What makes a table global: the same in all its regions. */
export interface GlobalTable {
  readonly consistency: 'EVENTUAL' | 'STRONG';
  /** Names of regions, this one's among them. */
  readonly replicas: readonly string[];
  /** A region that has no replica, and counts for the quorum of a strong table. It need not be in this cloud. */
  readonly witness?: string;
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
  /** What DescribeTable last counted, and when (epoch milliseconds). */
  counted?: { readonly at: number; readonly items: number; readonly bytes: number };
  global?: GlobalTable;
  /** Of global tables: the last write of each item, deleted ones too, by its key as JSON. */
  stamps?: Record<string, Stamp>;
}

export interface DynamoDbState {
  tables: Record<string, Table>;
  /** How long an eventually consistent read may lag. 0: reads are always up to date. */
  eventualLagMs: number;
  /** What other regions have not got yet, by region; each list by `dueAt`. */
  outgoing?: Record<string, Change[]>;
  /** ClientRequestTokens of transactions, remembered for 10 minutes as AWS does. */
  tokens: Record<string, { readonly request: string; readonly until: number }>;
}
