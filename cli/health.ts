import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../lib/application/store';
import { Table } from '../lib/aws/table';
import { type FreezeItem, Freezes } from '../lib/deployment/freeze';
import { activeName, type ActiveItem } from '../lib/failover/regionsTable';
import type { FunctionFact, HealthFacts, QueueFact } from '../lib/health/facts';
import { type Pointer, type Wait, Waits } from '../lib/waiting/waits';
import { storesOf } from './deployments';
import { UsageError } from './exitCodes';
import { findQueue, functionOf, mappingsOf } from './queues';
import type { Session } from './session';

/** A function as the stack defines it. */
interface Defined {
  readonly name: string;
  readonly reserves: boolean;
}

/** What `serverless.yml` makes: the stack that is there is held against it. */
export const definedFunctions = (root: string): Defined[] =>
  [
    ...readFileSync(join(root, 'serverless.yml'), 'utf8').matchAll(
      /\$\{file\((functions\/\w+\/(\w+)\.yml)\)\}/g,
    ),
  ].map(([, file = '', name = '']) => ({
    name,
    reserves: /^reservedConcurrency:/m.test(readFileSync(join(root, file), 'utf8')),
  }));

export const versionOf = (root: string): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version;

const isMissing = (error: unknown): boolean =>
  /ResourceNotFound|DoesNotExist|NonExistent/.test((error as Error).name);

/** So many calls at once: Lambda takes 100 reads a second of an account. */
const atOnce = 10;

const inBatches = async <Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> => {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += atOnce)
    answers.push(...(await Promise.all(items.slice(start, start + atOnce).map(ask))));
  return answers;
};

const functionFact = async (session: Session, { name, reserves }: Defined): Promise<FunctionFact> => {
  try {
    const { Configuration: found = {}, Concurrency: concurrency } = await session
      .connect(LambdaClient)
      .send(new GetFunctionCommand({ FunctionName: session.names.functionName(name) }));
    const reserved = concurrency?.ReservedConcurrentExecutions;
    const version = found.Environment?.Variables?.FORSETI_VERSION;
    return {
      name,
      found: true,
      reserves,
      ...(found.State !== undefined && { state: found.State }),
      ...(found.LastUpdateStatus !== undefined && { lastUpdate: found.LastUpdateStatus }),
      ...(found.Runtime !== undefined && { runtime: found.Runtime }),
      ...(found.Role !== undefined && { role: found.Role }),
      ...(reserved !== undefined && { reservedConcurrency: reserved }),
      ...(version !== undefined && { version }),
    };
  } catch (error) {
    if (isMissing(error)) return { name, found: false, reserves };
    throw error;
  }
};

const machineFacts = (session: Session): Promise<HealthFacts['machines']> =>
  Promise.all(
    [session.names.machineArn, session.names.rollbackMachineArn, session.names.mendMachineArn].map(
      async (stateMachineArn) => {
        const name = stateMachineArn.slice(stateMachineArn.lastIndexOf('-') + 1);
        try {
          const { status } = await session
            .connect(SFNClient)
            .send(new DescribeStateMachineCommand({ stateMachineArn }));
          return { name, ...(status !== undefined && { status }) };
        } catch (error) {
          if (isMissing(error)) return { name };
          throw error;
        }
      },
    ),
  );

const queueFact = async (session: Session, name: string): Promise<QueueFact> => {
  try {
    const queue = await findQueue(session, name);
    const mappings = name.endsWith('-dead') ? [] : await mappingsOf(session, queue.arn);
    const consumers = mappings.map((one) => ({ function: functionOf(one), state: one.State ?? '' }));
    return { name, found: true, visible: queue.visible, consumers };
  } catch (error) {
    if (error instanceof UsageError) return { name, found: false, visible: 0, consumers: [] };
    throw error;
  }
};

const queueFacts = (session: Session): Promise<QueueFact[]> =>
  Promise.all(
    [...['requests', 'alarms', 'waiting'].flatMap((name) => [name, `${name}-dead`]), 'events-dead'].map(
      (name) => queueFact(session, name),
    ),
  );

const alarmFacts = async (session: Session): Promise<HealthFacts['alarms']> => {
  const alarms = [];
  const pages = paginateDescribeAlarms(
    { client: session.connect(CloudWatchClient) },
    { AlarmNamePrefix: session.names.functionName('') },
  );
  for await (const page of pages)
    for (const alarm of page.MetricAlarms ?? [])
      alarms.push({
        name: alarm.AlarmName ?? '',
        state: alarm.StateValue ?? '',
        actionsEnabled: alarm.ActionsEnabled ?? true,
        since: alarm.StateUpdatedTimestamp?.getTime() ?? 0,
        reason: (alarm.StateReason ?? '').slice(0, 300),
      });
  return alarms;
};

const executionFact = async (
  session: Session,
  executionArn: string,
): Promise<{ status?: string; stoppedAt?: number }> => {
  try {
    const { status, stopDate } = await session
      .connect(SFNClient)
      .send(new DescribeExecutionCommand({ executionArn }));
    return {
      ...(status !== undefined && { status }),
      ...(stopDate !== undefined && { stoppedAt: stopDate.getTime() }),
    };
  } catch (error) {
    if (isMissing(error)) return {};
    throw error;
  }
};

const recordFacts = async (session: Session): Promise<HealthFacts['open']> =>
  inBatches(await storesOf(session).records.due('open'), async (record) => {
    const { deployment, application, execution, acceptedAt } = record;
    return { deployment, application, execution, acceptedAt, ...(await executionFact(session, execution)) };
  });

const lockFacts = async (session: Session): Promise<HealthFacts['locks']> =>
  inBatches(
    await storesOf(session).locks.held(),
    async ({ fleet, owner = '', deployment = '', takenAt = 0 }) => ({
      fleet,
      deployment,
      owner,
      takenAt,
      ...(await executionFact(session, owner)),
    }),
  );

const parkedFacts = async (session: Session): Promise<HealthFacts['parked']> => {
  const waits = new Waits(
    new Table<Wait | Pointer>(session.connect(DynamoDBClient), session.names.waitsTable),
  );
  return (await waits.all()).waits.map(({ deployment, state, deadlineAt, lookAt }) => ({
    deployment,
    state,
    deadlineAt,
    lookAt,
  }));
};

const freezeFacts = async (session: Session): Promise<HealthFacts['freezes']> =>
  new Freezes(new Table<FreezeItem>(session.connect(DynamoDBClient), session.names.locksTable)).all(
    session.now(),
  );

const applicationFacts = async (session: Session): Promise<HealthFacts['applications']> => {
  const { settings, invalid } = await readAllSettings(
    session.connect(SSMClient),
    session.names.settingsPrefix,
  );
  return [
    ...Object.keys(settings.applications).map((name) => ({ name })),
    ...invalid.map(({ fileName, message }) => ({ name: fileName, problem: message })),
  ];
};

/** A stack of one region has no table of regions. */
const pinnedFact = async (session: Session): Promise<HealthFacts['pinned']> => {
  try {
    const item = await new Table<ActiveItem>(session.connect(DynamoDBClient), session.names.regionsTable).get(
      {
        name: activeName,
      },
    );
    return item?.pinned ? { active: item.active, by: item.by, since: item.since } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Looks at everything at once; what it may not look at is told, and taken for nothing. */
export const healthFacts = async (session: Session, root: string, stage: string): Promise<HealthFacts> => {
  const unseen: { what: string; why: string }[] = [];
  const see = async <Seen>(what: string, look: Promise<Seen>, otherwise: Seen): Promise<Seen> =>
    look.catch((error: unknown) => {
      const { name, message } = error as Error;
      unseen.push({ what, why: `${name}: ${message}` });
      return otherwise;
    });
  const [functions, machines, queues, alarms, parked, open, locks, freezes, applications, pinned] =
    await Promise.all([
      see(
        'The functions',
        inBatches(definedFunctions(root), (one) => functionFact(session, one)),
        [],
      ),
      see('The state machines', machineFacts(session), []),
      see('The queues', queueFacts(session), []),
      see('The alarms', alarmFacts(session), []),
      see('What waits', parkedFacts(session), []),
      see('The open records', recordFacts(session), []),
      see('The locks', lockFacts(session), []),
      see('The freezes', freezeFacts(session), []),
      see('The settings', applicationFacts(session), []),
      see('The active region', pinnedFact(session), undefined),
    ]);
  return {
    now: session.now(),
    region: session.region,
    stage,
    version: versionOf(root),
    ...{ functions, machines, queues, alarms, parked, open, locks, freezes, applications, unseen },
    ...(pinned && { pinned }),
  };
};
