/** One rehearsal: a cloud of two regions, its producers, its consumers, what goes wrong, and the verdict. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore, idAttribute, type RegionalQueue, synchronise } from '../src';
import { Chances, uuid } from './embeddedCloud';
import { makeSoakCloud, queues, soakQueueUrl, type SoakCloud, tables } from './cloud';
import { startConsumers, Tally } from './consumers';
import { home, type Plan, regions } from './plan';
import { activeKey, Ledger, makePublisher, produce, sleep, spoolsOf, type SoakWorld } from './producer';
import { consumerName } from './sandbox';
import { verdictOf, type SoakVerdict } from './verdict';

/** Long enough for a message that always fails to reach the dead-letter queue. */
const patienceMs = 24 * 60 * 60 * 1000;

const worldOf = ({ seed }: Plan): SoakWorld => {
  const chance = new Chances(seed).stream('ids');
  return { clock: () => Date.now(), newId: () => uuid(chance) };
};

/** Writes the active region where the table can be written. */
const makeActive = async ({ clientsOf }: SoakCloud, region: string): Promise<void> => {
  for (;;) {
    for (const each of [region, ...regions.filter((other) => other !== region)])
      try {
        await clientsOf('operator', each).dynamodb.send(
          new PutItemCommand({
            TableName: tables.active,
            Item: { id: { S: activeKey.id }, active: { S: region } },
          }),
          { abortSignal: AbortSignal.timeout(2000) },
        );
        return;
      } catch {
        // The other copy, or later.
      }
    await sleep(1000);
  }
};

const functionMs = 15 * 60 * 1000;

/** Ends the work at a Lambda function's time-out, since a silent region never answers, and begins again. */
const untilItEnds = async (work: () => Promise<unknown>): Promise<void> => {
  const inTime = () => Promise.race([work().then(() => true), sleep(functionMs).then(() => false)]);
  while (!(await inTime()));
};

const synchroniseOnce = (soak: SoakCloud, world: SoakWorld) => {
  const store = new DynamoDbStore({
    client: soak.clientsOf('operator', home).dynamodb,
    tableName: tables.marks,
    promise: 'within-region',
  });
  return synchronise({
    publisher: makePublisher(soak, 'operator', world),
    queues: regions.map((region): RegionalQueue => ({
      region,
      client: soak.clientsOf('operator', region).sqs,
      queueUrl: soakQueueUrl(soak.cloud, region, queues.orders),
      deadLetterQueueUrl: soakQueueUrl(soak.cloud, region, queues.dead),
    })),
    spools: spoolsOf(soak, 'operator'),
    done: { store, consumer: consumerName, clock: world.clock },
    newId: world.newId,
  });
};

const synchroniseAll = (soak: SoakCloud, world: SoakWorld) => untilItEnds(() => synchroniseOnce(soak, world));

const waitUntil = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await sleep(1000);
};

const isEmpty = ({ cloud }: SoakCloud): boolean =>
  regions.every((region) => {
    const { visible, notVisible, delayed } = cloud.region(region).service('sqs').count(queues.orders);
    return visible + notVisible + delayed === 0;
  });

/** Runs the plan; ends when no message is left. */
const rehearse = async (soak: SoakCloud, plan: Plan, ledger: Ledger, tally: Tally): Promise<number> => {
  const world = worldOf(plan);
  let failovers = 0;
  let isStopped = false;
  await makeActive(soak, home);
  const settings = { plan, world, tally, isStopped: () => isStopped };
  const consumers = regions.map((region) => startConsumers(soak, region, plan.pollers, settings));
  const switching = plan.switches.map(async ({ atMs, to }) => {
    await sleep(atMs);
    await makeActive(soak, to);
    failovers += 1;
  });
  const replaying = sleep(plan.synchroniseAtMs).then(() => synchroniseAll(soak, world));
  await produce(plan, makePublisher(soak, 'producer', world), ledger);
  await Promise.all([...switching, replaying]);
  await waitUntil(() => isEmpty(soak));
  await synchroniseAll(soak, world);
  await waitUntil(() => isEmpty(soak));
  isStopped = true;
  await Promise.all(consumers);
  return failovers;
};

export type ShardResult = SoakVerdict & {
  readonly sent: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly spooled: number;
  readonly failovers: number;
  readonly notTaken: number;
  readonly killed: number;
  /** The virtual time that it took. */
  readonly virtualSeconds: number;
};

/** Runs a plan in a cloud of its own. The same plan gives the same result. */
export const runShard = async (plan: Plan): Promise<ShardResult> => {
  const soak = makeSoakCloud(plan);
  const ledger = new Ledger();
  const tally = new Tally();
  const failovers = await soak.cloud.run(() => rehearse(soak, plan, ledger, tally), patienceMs);
  return {
    ...verdictOf(soak, ledger.acknowledged, idAttribute),
    sent: ledger.sent,
    acknowledged: ledger.acknowledged.size,
    delivered: tally.delivered,
    spooled: ledger.spooled,
    failovers,
    notTaken: ledger.notTaken,
    killed: tally.killed,
    virtualSeconds: Math.round((soak.cloud.now() - soak.cloud.startAt) / 1000),
  };
};
