/**
 * Publish with regional failover, do each message's effect once, bring the queues of all regions together.
 * What is promised, and what not: README.md. It is published as `forseti/messaging`.
 */

// Publishing.
export { type Publisher, publisher, type PublisherSettings, type Receipt } from './publish';
export type { RegionalQueue } from './regionalQueue';
export type { IdentifiedMessage, OutgoingMessage, TypedAttribute } from './outgoing';
export type { BreakerSettings, CircuitState } from './breaker';
export { type ActiveRegion, activeRegionInTable, type ActiveRegionSettings } from './activeRegion';
export { MemorySpool, type Spool, type SpooledMessage } from './spool';
export { DynamoDbSpool } from './dynamoDbSpool';

// Consuming.
export {
  deduplicate,
  type DeduplicateMiddleware,
  type DeduplicateOptions,
  type DeduplicateRequest,
  forEachMessage,
} from './deduplicate';
export { eachRecord } from './eachRecord';
export type { Batch } from './batch';
export type { BatchAnswer, MessageDelivery, MessageEffect, MessageOutcome } from './delivery';
export { contentOf, idAttribute, idOf, markId, type SqsEvent, type SqsRecord } from './message';

// Where consumers keep their marks.
export type { Consistency, DeduplicationStore, Done, DoneTwice } from './store';
export type { Lease, LeaseAnswer, LeaseRequest, Mark } from './lease';
export { DynamoDbStore, type DynamoDbStoreSettings } from './dynamoDbStore';
export { MemoryStore } from './memoryStore';
export { fastDynamoDb } from './fastDynamoDb';
export { type ConsistencyPromise, describeConsistency, type TableFacts } from './consistency';

// Bringing the regions together.
export {
  type KeptMessage,
  type Replayed,
  synchronise,
  type SynchroniseReport,
  type SynchroniseSettings,
} from './synchronise';
export type { QueueCounts, RegionReport } from './regionalQueue';
export { readMessages, showAgain } from './readMessages';

export {
  BatchNotAnswered,
  ConsistencyRefused,
  type FailedTry,
  GroupHeld,
  InvalidMessage,
  InvalidMessagingSettings,
  ConflictingMessage,
  LeaseHeld,
  LeaseLost,
  MessageNotTaken,
  TimeRanShort,
} from './errors';
