import type { Item } from './values';

export interface KeySchema {
  readonly partition: string;
  readonly sort?: string;
}

export interface Index {
  readonly name: string;
  readonly kind: 'global' | 'local';
  readonly keys: KeySchema;
  /** The attributes that an index holds: all, the keys, or the keys and these. */
  readonly projection: 'ALL' | 'KEYS_ONLY' | readonly string[];
}

/** An item before a write, kept while an eventually consistent read may still return it. */
export interface Former {
  readonly partition: string;
  readonly sort: string;
  readonly item: Item | null;
  readonly writtenAt: number;
}

/** Decides which write of an item stays: the one with the latest time. */
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

/** Properties of a global table, the same in all its regions. */
export interface GlobalTable {
  readonly consistency: 'EVENTUAL' | 'STRONG';
  /** Names of regions, including this one. */
  readonly replicas: readonly string[];
  /** A region without a replica that counts for the quorum of a strong table. It need not be in this cloud. */
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
  /** Global tables only: the last write of each item, including deleted ones, by the item's key as JSON. */
  stamps?: Record<string, Stamp>;
}

export interface DynamoDbState {
  tables: Record<string, Table>;
  /** How long an eventually consistent read may lag; with 0 reads are always up to date. */
  eventualLagMs: number;
  /** Changes that have not arrived in other regions yet, by region; each list is ordered by `dueAt`. */
  outgoing?: Record<string, Change[]>;
  /** ClientRequestTokens of transactions, remembered for 10 minutes as AWS does. */
  tokens: Record<string, { readonly request: string; readonly until: number }>;
}
