import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { functionOf } from '../../lib/aws/eventSourceMappings';
import { type FoundQueue, mappingsOf } from '../queries/queues';
import { askedBy } from '../session/ask';
import type { Session } from '../session/session';
import { type SwitchedConsumers, switchMappings } from './switchMappings';

/** Item of the requests table: who paused or resumed a queue's consumers last. */
interface PauseItem {
  readonly key: string;
  readonly paused: boolean;
  readonly by: string;
  readonly reason?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The result of pausing or resuming the consumers of a queue. */
export interface PausedConsumers extends SwitchedConsumers {
  /** Names of all functions that consume the queue. */
  readonly consumers: readonly string[];
  /** Who brought the consumers into this state. */
  readonly by: string;
  /** Who changed the state last, before this call. */
  readonly before?: Pick<PauseItem, 'by' | 'at'>;
}

/** Pauses or resumes all consumers of a queue. @returns undefined if the queue has none. */
export const pauseConsumers = async (
  session: Session,
  queue: FoundQueue,
  paused: boolean,
  reason: string | undefined,
): Promise<PausedConsumers | undefined> => {
  const mappings = await mappingsOf(session, queue.arn);
  if (mappings.length === 0) return undefined;
  const table = new Table<PauseItem>(session.connect(DynamoDBClient), session.names.requestsTable);
  const key = `consumers:${queue.name}`;
  const before = await table.get({ key });
  const isSo = before?.paused === paused;
  const by = askedBy(session);
  // Written before the switch: whoever finds the queue at a standstill can see who paused it.
  if (!isSo) await table.put({ key, paused, by, at: session.now(), ...(reason !== undefined && { reason }) });
  const switched = await switchMappings(session, mappings, !paused);
  return {
    ...switched,
    consumers: mappings.map(functionOf),
    by: isSo ? before.by : by,
    ...(before && { before }),
  };
};
