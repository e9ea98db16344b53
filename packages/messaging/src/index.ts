/**
 * `forseti/messaging`: publish with regional failover, consume each message's effect once, bring both sides together.
 * What it promises, and what not: docs/messaging.md.
 */
export { activeRegionInTable, type ActiveRegion, type ActiveRegionSettings } from './activeRegion';
export { Batch } from './batch';
export {
  ask,
  type Breaker,
  type BreakerSettings,
  closed,
  defaultBreaker,
  failed,
  succeeded,
} from './breaker';
export { describeConsistency, type Promised, type TableFacts } from './consistency';
export { deduplicate, type DeduplicateOptions, forEachMessage } from './deduplicate';
export type { BatchAnswer, Delivery, Effect, Outcome } from './delivery';
export { DynamoDbSpool } from './dynamoDbSpool';
export { DynamoDbStore, type DynamoDbStoreSettings } from './dynamoDbStore';
export {
  BatchNotAnswered,
  ConsistencyRefused,
  type FailedTry,
  GroupHeld,
  InvalidMessage,
  InvalidMessagingSettings,
  LeaseHeld,
  LeaseLost,
  MessageNotTaken,
  TimeRanShort,
} from './errors';
export { fastDynamoDb } from './fastDynamoDb';
export type { Begun, Claim, Lease, Mark } from './lease';
export { MemoryStore } from './memoryStore';
export { idAttribute, idOf, markId, type SqsEvent, type SqsRecord } from './message';
export type { Outgoing, TypedAttribute } from './outgoing';
export { type Destination, type Publisher, publisher, type PublisherSettings, type Receipt } from './publish';
export type { QueueCounts, Side, SideReport } from './sides';
export { MemorySpool, type Spool, type Spooled } from './spool';
export type { Consistency, DeduplicationStore, Done, DoneTwice } from './store';
export {
  type Kept,
  type Replayed,
  synchronise,
  type SynchroniseReport,
  type SynchroniseSettings,
} from './synchronise';
