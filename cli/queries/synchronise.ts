import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import {
  activeRegionInTable,
  DynamoDbSpool,
  DynamoDbStore,
  publisher,
  type RegionalQueue,
  synchronise,
  type SynchroniseReport,
} from '@forseti/messaging';
import { activeName } from '../../lib/failover/regionsTable';
import { UsageError } from '../terminal/exitCodes';
import { deadLettersOf, findQueue } from './queues';
import { queueUrlOf, regionsSeen, sessionIn } from './regions';
import type { Session } from '../session/session';

export interface BringOptions {
  /** `requests`, or a queue that both regions have under this name. */
  readonly queue: string;
  /** Tables of a spool, in whichever of the regions they are. */
  readonly spools: readonly string[];
  /** What consumers have done: table of their marks, and their name. */
  readonly marks?: { readonly table: string; readonly consumer: string };
  readonly dryRun: boolean;
  /** Nothing is begun after so long. */
  readonly withinMs: number;
}

export interface BroughtTogether extends SynchroniseReport {
  readonly queue: string;
  /** Where the messages went first. */
  readonly active: string;
}

/** These belong to the region whose fleet they are about: another region could not act on them. */
const regionsOwn = ['alarms', 'waiting'];

/** A region that is down is part of the report; that the queue is in none of them is the caller's mistake. */
const queueIn = async (session: Session, region: string, queue: string): Promise<RegionalQueue> => {
  const client = session.connectIn(region, SQSClient);
  const place = sessionIn(session, region);
  try {
    const found = await findQueue(place, queue);
    if (found.deadLetters === undefined) return { region, client, queueUrl: found.url };
    const dead = await deadLettersOf(place, found);
    return { region, client, queueUrl: found.url, deadLetterQueueUrl: dead.url };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return { region, client, queueUrl: queueUrlOf(session, queue)(region) };
  }
};

/**
 * Sends on what lies in the dead-letter queues and the spools of both regions, to the region that is active.
 * @throws UsageError for a queue that is not to be moved between regions, or that a region does not have
 */
export const bringTogether = async (session: Session, options: BringOptions): Promise<BroughtTogether> => {
  const { queue, spools, marks, dryRun, withinMs } = options;
  if (queue === 'events-dead')
    throw new UsageError(
      `What lies in ${queue} belongs to its own region, and came from no queue. Look at it there: forseti queue peek ${queue} --region REGION`,
    );
  if (regionsOwn.includes(queue.replace(/-dead$/, '')))
    throw new UsageError(
      `What lies in ${queue} belongs to its own region. Move it back there: forseti queue redrive ${queue.replace(/-dead$/, '')} --region REGION`,
    );
  const until = session.now() + withinMs;
  const { home, standby, active } = await regionsSeen(session);
  const regions = standby === undefined ? [home] : [home, standby];
  const queues = await Promise.all(regions.map((region) => queueIn(session, region, queue)));
  const tables = (region: string) => session.connectIn(region, DynamoDBClient);
  const clock = () => session.now();
  const newId = () => session.newId();
  const messages = publisher({
    clock,
    newId,
    destinations: queues,
    ...(standby !== undefined && {
      activeRegion: activeRegionInTable({
        clients: [standby, home].map(tables),
        tableName: session.names.regionsTable,
        key: { name: activeName },
      }),
    }),
  });
  const report = await synchronise({
    publisher: messages,
    queues,
    spools: spools.flatMap((name) =>
      regions.map((region) => new DynamoDbSpool(tables(region), name, `table ${name} of ${region}`)),
    ),
    ...(marks && {
      done: {
        store: new DynamoDbStore({
          client: session.connect(DynamoDBClient),
          tableName: marks.table,
          promise: 'within-region',
        }),
        consumer: marks.consumer,
        clock,
      },
    }),
    newId,
    deadline: { clock, at: until },
    dryRun,
  });
  return { queue: session.names.queueName(queue), active, ...report };
};
