import { AutoScalingClient, paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetAccountSettingsCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { checkWritten } from '../application/checkSettings';
import { ofAlarmNames } from '../application/relations';
import { readAllSettings } from '../application/store';
import { findAlarms } from '../aws/alarms';
import { messageOf, nameOf } from '../aws/failure';
import { chunks } from '../aws/chunks';
import { Table } from '../aws/table';
import { type FreezeItem, Freezes } from '../engine/freeze';
import { Locks } from '../engine/lock';
import type { LockItem } from '../engine/lockItem';
import { type DeploymentRecord, Records, type StepItem } from '../engine/record';
import type { AccountConcurrency } from './alarmConcurrency';
import { driftFacts } from './drift';
import type { FunctionFact, HealthFacts } from './facts';
import { type Pointer, type Wait, Waits } from '../engine/waiting/waits';
import { queueFacts } from './queues';
import { regionsFact } from './regions';
import type { Defined, HealthSource } from './source';
import { strayInstances } from './strays';

const isMissing = (error: unknown): boolean =>
  /ResourceNotFound|DoesNotExist|NonExistent/.test(nameOf(error));

/** DescribeAutoScalingGroups takes so many names. */
const maxGroups = 100;

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

const functionFact = async (source: HealthSource, { name, reserves }: Defined): Promise<FunctionFact> => {
  try {
    const { Configuration: found = {}, Concurrency: concurrency } = await source
      .connect(LambdaClient)
      .send(new GetFunctionCommand({ FunctionName: source.names.functionName(name) }));
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

const machineFacts = (source: HealthSource): Promise<HealthFacts['machines']> =>
  Promise.all(
    [
      source.names.machineArn,
      source.names.rollbackMachineArn,
      source.names.mendMachineArn,
      source.names.switchOffMachineArn,
      source.names.replaceMachineArn,
    ].map(async (stateMachineArn) => {
      const name = stateMachineArn.slice(stateMachineArn.lastIndexOf('-') + 1);
      try {
        const { status } = await source
          .connect(SFNClient)
          .send(new DescribeStateMachineCommand({ stateMachineArn }));
        return { name, ...(status !== undefined && { status }) };
      } catch (error) {
        if (isMissing(error)) return { name };
        throw error;
      }
    }),
  );

const alarmFacts = async (source: HealthSource): Promise<HealthFacts['alarms']> => {
  const { all } = await findAlarms(source.connect(CloudWatchClient), {
    AlarmNamePrefix: source.names.functionName(''),
  });
  return all.map((alarm) => ({
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? '',
    actionsEnabled: alarm.ActionsEnabled ?? true,
    since: alarm.StateUpdatedTimestamp?.getTime() ?? 0,
    reason: (alarm.StateReason ?? '').slice(0, 300),
  }));
};

const executionFact = async (
  source: HealthSource,
  executionArn: string,
): Promise<{ status?: string; stoppedAt?: number }> => {
  try {
    const { status, stopDate } = await source
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

const recordsOf = ({ connect, names }: HealthSource): Records =>
  new Records(new Table<DeploymentRecord | StepItem>(connect(DynamoDBClient), names.deploymentsTable));
const locksOf = ({ connect, names }: HealthSource): Locks =>
  new Locks(new Table<LockItem>(connect(DynamoDBClient), names.locksTable));

const recordFacts = async (source: HealthSource): Promise<HealthFacts['open']> =>
  inBatches(await recordsOf(source).due('open'), async (record) => {
    const { deployment, application, execution, acceptedAt } = record;
    return { deployment, application, execution, acceptedAt, ...(await executionFact(source, execution)) };
  });

const lockFacts = async (source: HealthSource): Promise<HealthFacts['locks']> =>
  inBatches(await locksOf(source).held(), async ({ fleet, owner = '', deployment = '', takenAt = 0 }) => ({
    fleet,
    deployment,
    owner,
    takenAt,
    ...(await executionFact(source, owner)),
  }));

const parkedFacts = async (source: HealthSource): Promise<HealthFacts['parked']> => {
  const waits = new Waits(new Table<Wait | Pointer>(source.connect(DynamoDBClient), source.names.waitsTable));
  return (await waits.all()).waits.map(({ deployment, state, deadlineAt, lookAt }) => ({
    deployment,
    state,
    deadlineAt,
    lookAt,
  }));
};

const freezeFacts = async (source: HealthSource): Promise<HealthFacts['freezes']> =>
  new Freezes(new Table<FreezeItem>(source.connect(DynamoDBClient), source.names.locksTable)).all(
    source.now(),
  );

/** Which of the groups there are; asked by a filter of names, as it takes them all at once. */
const groupsAmong = async (source: HealthSource, names: readonly string[]): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  const client = source.connect(AutoScalingClient);
  for (const AutoScalingGroupNames of chunks(names, maxGroups))
    for await (const page of paginateDescribeAutoScalingGroups({ client }, { AutoScalingGroupNames }))
      for (const { AutoScalingGroupName: name = '' } of page.AutoScalingGroups ?? []) found.add(name);
  return found;
};

const applicationFacts = async (source: HealthSource): Promise<HealthFacts['applications']> => {
  const { settings, invalid } = await readAllSettings(
    source.connect(SSMClient),
    source.names.settingsPrefix,
    checkWritten,
  );
  const there = await groupsAmong(
    source,
    Object.values(settings.applications).map(({ group }) => group),
  );
  return [
    ...Object.entries(settings.applications).map(([name, { group }]) => ({
      name,
      ...(!there.has(group) && { missingGroup: group }),
    })),
    // Each is read by itself, and their alarms share one name space.
    ...ofAlarmNames(settings).map(({ path, message }) => ({
      name: String(path[1]),
      problem: `${path.slice(2).map(String).join('.')} ${message}`,
    })),
    ...invalid.map(({ fileName, message }) => ({ name: fileName, problem: message })),
  ];
};

const waysBack = async ({ connect, names }: HealthSource): Promise<HealthFacts['waysBack']> => {
  const { FunctionError: failed, Payload: payload } = await connect(LambdaClient).send(
    new InvokeCommand({
      FunctionName: names.functionName('WayBack'),
      Payload: new TextEncoder().encode('{}'),
    }),
  );
  const text = new TextDecoder().decode(payload);
  if (failed !== undefined) throw new Error(text.slice(0, 300));
  return (JSON.parse(text) as { applications: HealthFacts['waysBack'] }).applications;
};

const concurrencyFact = async ({ connect }: HealthSource): Promise<AccountConcurrency> => {
  const { AccountLimit: found } = await connect(LambdaClient).send(new GetAccountSettingsCommand({}));
  const limit = found?.ConcurrentExecutions ?? 0;
  return { limit, unreserved: found?.UnreservedConcurrentExecutions ?? limit };
};

/** The values of all promises, by their names. */
const allOf = async <Values extends object>(promises: {
  readonly [Name in keyof Values]: Promise<Values[Name]>;
}): Promise<Values> => {
  const entries = Object.entries<Promise<unknown>>(promises);
  const values = await Promise.all(entries.map(async ([name, promise]) => [name, await promise] as const));
  // The names are those of the promises.
  return Object.fromEntries(values) as Values;
};

/** Reads everything at once. What it may not read is reported, and counts as absent. */
export const healthFacts = async (source: HealthSource): Promise<HealthFacts> => {
  const unseen: { what: string; why: string }[] = [];
  const see = async <Seen>(what: string, look: Promise<Seen>, otherwise: Seen): Promise<Seen> =>
    look.catch((error: unknown) => {
      unseen.push({ what, why: `${nameOf(error)}: ${messageOf(error)}` });
      return otherwise;
    });
  const { regions, concurrency, ...facts } = await allOf({
    functions: see(
      'The functions',
      inBatches(source.defined, (one) => functionFact(source, one)),
      [],
    ),
    machines: see('The state machines', machineFacts(source), []),
    queues: see('The queues', queueFacts(source), []),
    alarms: see('The alarms', alarmFacts(source), []),
    parked: see('What waits', parkedFacts(source), []),
    open: see('The open records', recordFacts(source), []),
    locks: see('The locks', lockFacts(source), []),
    freezes: see('The freezes', freezeFacts(source), []),
    applications: see('The settings', applicationFacts(source), []),
    drift: see('The drift of the fleets', driftFacts(source), []),
    regions: see('The regions', regionsFact(source), undefined),
    concurrency: see('The quota of concurrent executions', concurrencyFact(source), undefined),
    waysBack: see('The ways back', waysBack(source), []),
    strays: see('Builders and test instances', strayInstances(source), []),
  });
  return {
    now: source.now(),
    region: source.region,
    stage: source.stage,
    version: source.version,
    ...facts,
    unseen,
    ...(regions && { regions }),
    ...(concurrency && { concurrency }),
  };
};
