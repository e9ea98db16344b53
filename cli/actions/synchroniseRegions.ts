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
import { UsageError } from '../terminal/errors';
import { deadLettersOf, findQueue } from '../queries/queues';
import { queueUrlOf, regionsSeen, sessionIn } from '../queries/regions';
import type { Session } from '../session/session';

export interface SynchroniseOptions {
  /** The name of a queue that both regions have: `requests`. */
  readonly queue: string;
  /** Names of spool tables; each may be in either region. */
  readonly spools: readonly string[];
  /** The table where a consumer marks processed messages, and the consumer's name: those messages are not sent again. */
  readonly marks?: { readonly table: string; readonly consumer: string };
  readonly dryRun: boolean;
  /** After this time nothing new is begun. */
  readonly withinMs: number;
}

export interface RegionsReport extends SynchroniseReport {
  readonly queue: string;
  /** The active region, where the messages were sent first. */
  readonly active: string;
}

/** Queues whose messages concern the fleets of their own region: another region could not act on them. */
const regionalQueues = ['alarms', 'waiting'];

/** One region's part. A region that is down goes into the report; a queue that does not exist is the person's mistake. */
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
 * Sends the messages of the dead-letter queues and spools of both regions to the active region.
 * @throws UsageError for a queue that must not be moved between regions, or that a region does not have.
 */
export const synchroniseRegions = async (
  session: Session,
  options: SynchroniseOptions,
): Promise<RegionsReport> => {
  const { queue, spools, marks, dryRun, withinMs } = options;
  if (queue === 'events-dead')
    throw new UsageError(
      `What lies in ${queue} belongs to its own region, and came from no queue. Look at it there: forseti queue peek ${queue} --region REGION`,
    );
  if (regionalQueues.includes(queue.replace(/-dead$/, '')))
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
