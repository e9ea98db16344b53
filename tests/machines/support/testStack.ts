import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import {
  Cloud,
  cloudOptions,
  type CloudState,
  type Faults,
  loadCode,
  parseDescription,
  populate,
} from '@forseti/embedded-cloud';
import { sessionOnCloud } from '../../../cli/session/cloudSession';
import { markFirstReleases } from '../../../cli/local/firstReleases';
import { adoptFleets } from '../../../cli/actions/adoptFleets';
import type { SettingsInput } from '../../../lib/application/parse';
import { storeSettings } from '../../../lib/application/store';
import { tags } from '../../../lib/aws/tags';
import type { End } from '../../../lib/engine/outcome';
import { compileStack, installInRegions } from '../../../cli/local/stack';

export interface TestStackOptions {
  /** The fleet `api`, as in a cloud's description; by default four instances on v1. */
  readonly group?: object;
  /** Further parts of the cloud's description. */
  readonly cloud?: object;
  /** Settings of the application `api`, besides its group and provisioning. */
  readonly settings?: object;
  /** Further applications by name, with their settings besides group (of the same name) and provisioning. */
  readonly applications?: Readonly<Record<string, object>>;
  /** Whether v1 counts as deployed and good, which is the default. */
  readonly released?: boolean;
  /** Whether the instances are watched every five minutes, as in production. By default they are not. */
  readonly watchesInstances?: boolean;
  /** Whether fleets at rest are compared every five minutes, as in production. By default they are not. */
  readonly watchesDrift?: boolean;
  readonly faults?: Faults;
  readonly seed?: number;
  /** Continues with a saved cloud on which nothing ran, instead of a new one. */
  readonly from?: CloudState;
}

export interface Ended {
  readonly arn: string;
  readonly status: string;
  /** `Deployed`, or the name of the Fail state. */
  readonly outcome: string;
  /** The details that the Fail state has as its cause. */
  readonly end: End | undefined;
  /** The names of the states in the order in which they were entered. */
  readonly path: readonly string[];
  readonly seconds: number;
}

const succeeded = (arn: string): string =>
  arn.includes('-rollback:') ? 'RolledBack' : arn.includes('-mend:') ? 'Mended' : 'Deployed';

/** The cause of a stop by a person is no JSON. */
const endIn = (cause: string | undefined): End | undefined =>
  cause?.startsWith('{') ? (JSON.parse(cause) as End) : undefined;

const regionName = 'eu-west-1';
const dayMs = 24 * 3_600_000;

const settingsOf = (more: object = {}, others: TestStackOptions['applications'] = {}) =>
  ({
    applications: Object.fromEntries(
      Object.entries({ api: more, ...others }).map(([application, own]) => [
        application,
        {
          group: application,
          provisioning: { source: { s3: `s3://acme-provisioning/${application}.tar.gz` } },
          ...own,
        },
      ]),
    ),
  }) as unknown as SettingsInput;

/** Compiled once, since the sources do not change while tests run. */
let building: ReturnType<typeof compileStack> | undefined;
const compiled = () => (building ??= compileStack(process.cwd()));

const watchRule = 'forseti-production-watch-instances';
const driftRule = 'forseti-production-watch-drift';
/**
 * Disables a rule that runs a watch, as a person would with `aws events disable-rule`. It would run hundreds of times
 * within a deployment's deadlines of hours, and in most tests it can find nothing.
 */
const disableRule = (cloud: Cloud, watch: string): void => {
  for (const name of cloud.regionNames) {
    const { rules } = cloud.region(name).service('events').state;
    const rule = rules[watch];
    if (!rule) throw new Error(`${name} has no rule ${watch}.`);
    rules[watch] = { ...rule, enabled: false };
  }
};

/** A new cloud with the stack, the fleet and the settings. */
const make = async (options: TestStackOptions): Promise<Cloud> => {
  const settings = settingsOf(options.settings, options.applications);
  const description = parseDescription({
    ...options.cloud,
    groups: {
      api: { version: 'v1', instances: 4, max: 20, ...options.group },
      ...(options.cloud as { readonly groups?: object } | undefined)?.groups,
    },
  });
  const cloud = Cloud.make({ ...cloudOptions(description), seed: options.seed ?? 1 });
  await installInRegions(cloud, await compiled());
  populate(cloud, description, { versionTag: tags.version });
  if (options.watchesInstances !== true) disableRule(cloud, watchRule);
  if (options.watchesDrift !== true) disableRule(cloud, driftRule);
  const session = sessionOnCloud(cloud);
  await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, settings);
  await adoptFleets(session, settings);
  if (options.released ?? true) await markFirstReleases(session, settings);
  return cloud;
};

const made = new Map<string, Promise<CloudState>>();
/** The cloud before anything has happened, made once for all equal test stacks of a file. */
const savedCloud = (options: TestStackOptions): Promise<CloudState> => {
  const { group, cloud, settings, applications, released, watchesInstances, watchesDrift, seed } = options;
  const key = JSON.stringify({
    group,
    cloud,
    settings,
    applications,
    released,
    watchesInstances,
    watchesDrift,
    seed,
  });
  const known =
    made.get(key) ?? make(JSON.parse(key) as TestStackOptions).then((raised) => raised.snapshot());
  made.set(key, known);
  return known;
};

/** A cloud with the compiled stack, one fleet and its settings. */
export const startTestStack = async (options: TestStackOptions = {}) => {
  const cloud = Cloud.restore(options.from ?? (await savedCloud(options)));
  for (const name of cloud.regionNames) loadCode(cloud, await compiled(), name);
  const session = sessionOnCloud(cloud);
  if (options.faults) cloud.faults = options.faults;
  const region = cloud.region(regionName);
  const sfn = session.connect(SFNClient);

  const executions = () => region.service('states').state.executions;
  const isOver = (arn: string): boolean => executions()[arn]?.status !== 'RUNNING';

  const history = async (arn: string): Promise<HistoryEvent[]> => {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(
        new GetExecutionHistoryCommand({ executionArn: arn, ...(nextToken !== undefined && { nextToken }) }),
      );
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return events;
  };

  const ended = async (arn: string): Promise<Ended> => {
    await cloud.runUntil(() => isOver(arn), 3 * dayMs);
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
    const events = await history(arn);
    return {
      arn,
      status: execution.status ?? '',
      outcome:
        execution.status === 'SUCCEEDED' ? succeeded(arn) : (execution.error ?? execution.status ?? ''),
      end: endIn(execution.cause),
      path: events.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []),
      seconds: ((execution.stopDate?.getTime() ?? 0) - (execution.startDate?.getTime() ?? 0)) / 1000,
    };
  };

  const start = async (
    input: unknown,
    name = 'deployment-1',
    stateMachineArn = session.names.machineArn,
  ): Promise<string> => {
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn,
        name,
        input: JSON.stringify(input),
      }),
    );
    return executionArn ?? '';
  };

  return {
    cloud,
    region,
    session,
    sfn,
    dynamodb: session.connect(DynamoDBClient),
    history,
    start,
    ended,
    /** Starts the machine as a person would in the console, and waits for its end. */
    deploy: async (input: unknown = { application: 'api', version: 'v2' }, name?: string): Promise<Ended> =>
      ended(await start(input, name)),
    /** Starts the rollback machine as a person would in the console, and waits for its end. */
    rollBack: async (input: unknown = { application: 'api' }, name = 'rollback-1'): Promise<Ended> =>
      ended(await start(input, name, session.names.rollbackMachineArn)),
    /** Other settings of the application `api`, as `forseti apply` sends them. */
    store: (more: object) =>
      storeSettings(
        session.connect(SSMClient),
        session.names.settingsPrefix,
        settingsOf(more, options.applications),
      ),
    /** Presses Stop in the console. */
    stop: async (executionArn: string): Promise<void> => {
      await sfn.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'pressed by ada' }));
    },
    /** Executions of a machine, the newest first; by default of the deploy machine. */
    executionArns: async (stateMachineArn = session.names.machineArn): Promise<string[]> => {
      const { executions: found = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      return found.flatMap(({ executionArn }) => executionArn ?? []);
    },
    group: () => {
      const found = region.service('autoscaling').state.groups.api;
      if (!found) throw new Error('The stage has no group api.');
      return found;
    },
    instance: (id: string) => {
      const found = region.service('ec2').state.instances[id];
      if (!found) throw new Error(`The stage has no instance ${id}.`);
      return found;
    },
  };
};

export type TestStack = Awaited<ReturnType<typeof startTestStack>>;
