import { wayBackText } from '../rollback/wayBack';
import { withoutReservation } from './alarmConcurrency';
import type {
  FunctionFact,
  HealthFacts,
  HealthProblem,
  QueueFact,
  RegionsFact,
  StackRegions,
  Subject,
} from './facts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The sweep repairs every five minutes. What is there after three of its rounds, it could not repair. */
const mendedByThenMs = 15 * minuteMs;
/** Step Functions ends a task at its deadline; what stands longer is a token that nobody can answer. */
const parkedTooLongMs = 10 * minuteMs;
/** Longer than the alarm of a new queue has no data. */
const noDataTooLongMs = hourMs;

type Check = (facts: HealthFacts) => readonly HealthProblem[];

const problem = (subject: Subject, what: string, mend: string): HealthProblem => ({ subject, what, mend });
const stageOption = ({ stage }: Pick<HealthFacts, 'stage'>): string =>
  stage === 'production' ? '' : ` --stage ${stage}`;
const place = (facts: HealthFacts): string => ` --region ${facts.region}${stageOption(facts)}`;
/** Deploys both stacks of the pair, from home. */
const pairOf = (facts: HealthFacts, { home, standby }: StackRegions): string =>
  `forseti install --region ${home} --standby ${standby}${stageOption(facts)}`;
/** With the standby, if the stack belongs to a pair. */
const stackOf = (facts: HealthFacts): string => {
  const { region, regions } = facts;
  return regions && regions.standby !== '' && [regions.home, regions.standby].includes(region)
    ? pairOf(facts, regions)
    : `forseti install --region ${region}${stageOption(facts)}`;
};
const fullName = ({ stage }: HealthFacts, name: string): string => `forseti-${stage}-${name}`;
const since = (facts: HealthFacts, at: number): string => {
  const minutes = Math.max(0, Math.round((facts.now - at) / minuteMs));
  return minutes < 120 ? `${String(minutes)} minutes` : `${String(Math.round(minutes / 60))} hours`;
};

/** Half a stack is what a failed deployment of it leaves. */
export const checkStack: Check = (facts) => {
  const missing = [
    ...facts.functions.filter(({ found }) => !found).map(({ name }) => `function ${fullName(facts, name)}`),
    ...facts.machines
      .filter(({ status }) => status !== 'ACTIVE')
      .map(({ name, status = 'missing' }) => `machine ${fullName(facts, name)} (${status})`),
    ...facts.queues.filter(({ found }) => !found).map(({ name }) => `queue ${fullName(facts, name)}`),
  ];
  return missing.length === 0
    ? []
    : [problem('stack', `The stack lacks ${missing.join(', ')}.`, stackOf(facts))];
};

const functionProblems = (facts: HealthFacts, found: FunctionFact): HealthProblem[] => {
  const { name, state = 'Active', lastUpdate = 'Successful', runtime = '', role = '' } = found;
  const full = fullName(facts, name);
  const problems: HealthProblem[] = [];
  const note = (what: string, mend: string) => problems.push(problem('functions', what, mend));
  // Inactive functions wake by themselves at the next invocation (Lambda developer guide, "Function states").
  if (!['Active', 'Inactive'].includes(state)) note(`Function ${full} is ${state}.`, stackOf(facts));
  if (lastUpdate === 'Failed') note(`The last update of function ${full} failed.`, stackOf(facts));
  if (!/^nodejs(2[2-9]|[3-9]\d)\.x$/.test(runtime))
    note(`Function ${full} runs on ${runtime || 'no runtime'}, which is deprecated or none.`, stackOf(facts));
  if (!role.includes(':role/')) note(`Function ${full} has no role.`, stackOf(facts));
  if (found.reservedConcurrency === 0)
    note(
      `Function ${full} is stopped: its reserved concurrency is 0.`,
      found.reserves
        ? stackOf(facts)
        : `aws lambda delete-function-concurrency --function-name ${full} --region ${facts.region}`,
    );
  return problems;
};

export const checkFunctions: Check = (facts) =>
  facts.functions.filter(({ found }) => found).flatMap((found) => functionProblems(facts, found));

/**
 * Events that a rule could not deliver have no queue to go back to. They have to be removed, or they page for 14 days.
 */
const clear = (facts: HealthFacts, name: string): string => {
  if (name !== 'events-dead') return `forseti queue redrive ${name.replace(/-dead$/, '')}${place(facts)}`;
  const { region } = facts;
  const url = `$(aws sqs get-queue-url --queue-name ${fullName(facts, name)} --query QueueUrl --output text --region ${region})`;
  return `aws sqs purge-queue --queue-url ${url} --region ${region}`;
};

const deadLetterProblem = (facts: HealthFacts, { name, visible }: QueueFact): HealthProblem =>
  problem(
    'queues',
    `${String(visible)} dead letters lie in ${fullName(facts, name)}.`,
    `forseti queue peek ${name}${place(facts)}; ${clear(facts, name)}`,
  );

const working = ['Enabled', 'Enabling', 'Creating', 'Updating'];

const consumerProblems = (facts: HealthFacts, { name, visible, consumers }: QueueFact): HealthProblem[] => {
  const paused = consumers.filter(({ state }) => !working.includes(state));
  const waiting = visible > 0 ? `, and ${String(visible)} messages wait` : '';
  if (consumers.length === 0)
    return [problem('queues', `Nothing consumes ${fullName(facts, name)}${waiting}.`, stackOf(facts))];
  return paused.map(({ function: consumer, state }) =>
    problem(
      'queues',
      `The consumer ${consumer} of ${fullName(facts, name)} is ${state}${waiting}.`,
      `forseti consumers resume ${name}${place(facts)}`,
    ),
  );
};

export const checkQueues: Check = (facts) =>
  facts.queues
    .filter(({ found }) => found)
    .flatMap((queue) =>
      !queue.name.endsWith('-dead')
        ? consumerProblems(facts, queue)
        : queue.visible > 0
          ? [deadLetterProblem(facts, queue)]
          : [],
    );

/** An alarm without data, or whose actions are off, stays silent. */
export const checkAlarms: Check = (facts) =>
  facts.alarms.flatMap(({ name, state, actionsEnabled, since: at, reason }) => {
    const look = `aws cloudwatch describe-alarm-history --alarm-name ${name} --region ${facts.region}`;
    return [
      ...(state === 'ALARM'
        ? [problem('alarms', `Alarm ${name} rings since ${since(facts, at)}: ${reason}`, look)]
        : state === 'INSUFFICIENT_DATA' && facts.now - at > noDataTooLongMs
          ? [problem('alarms', `Alarm ${name} has no data since ${since(facts, at)}.`, look)]
          : []),
      ...(actionsEnabled
        ? []
        : [
            problem(
              'alarms',
              `The actions of alarm ${name} are switched off: it would ring unheard.`,
              `aws cloudwatch enable-alarm-actions --alarm-names ${name} --region ${facts.region}`,
            ),
          ]),
    ];
  });

const sweepNow = (facts: HealthFacts): string =>
  `aws lambda invoke --function-name ${fullName(facts, 'Sweep')} --region ${facts.region} /dev/stdout; ` +
  `aws events enable-rule --name ${fullName(facts, 'sweep')} --region ${facts.region}`;

export const checkWaiting: Check = (facts) =>
  facts.parked.flatMap(({ deployment, state, deadlineAt, lookAt }) => {
    const is = `${state} of ${deployment}`;
    if (facts.now - deadlineAt > parkedTooLongMs)
      return [
        problem(
          'waiting',
          `${is} waits although its deadline passed ${since(facts, deadlineAt)} ago.`,
          sweepNow(facts),
        ),
      ];
    // The sweep polls each parked step without a poll within a minute.
    return facts.now - lookAt > parkedTooLongMs
      ? [
          problem(
            'waiting',
            `Nobody has looked at ${is} since ${since(facts, lookAt)}: the sweep does not run.`,
            sweepNow(facts),
          ),
        ]
      : [];
  });

const ended = (status: string | undefined): boolean => status !== 'RUNNING' && status !== 'PENDING_REDRIVE';

const mend = (facts: HealthFacts, execution: string): string => {
  const machine = execution.replace(/:execution:.*$/, `:stateMachine:${fullName(facts, 'mend')}`);
  return `aws stepfunctions start-execution --state-machine-arn ${machine} --input '${JSON.stringify({ execution })}' --region ${facts.region}`;
};

export const checkRecords: Check = (facts) =>
  facts.open
    .filter(
      ({ status, stoppedAt, acceptedAt }) =>
        ended(status) && facts.now - (stoppedAt ?? acceptedAt) > mendedByThenMs,
    )
    .map(({ deployment, execution, status = 'unknown to Step Functions' }) =>
      problem(
        'records',
        `The record of ${deployment} is open although its execution is ${status}.`,
        mend(facts, execution),
      ),
    );

export const checkLocks: Check = (facts) =>
  facts.locks
    .filter(
      ({ status, stoppedAt, takenAt }) =>
        ended(status) && facts.now - (stoppedAt ?? takenAt) > mendedByThenMs,
    )
    .map(({ fleet, deployment, owner, status = 'unknown to Step Functions' }) =>
      problem(
        'locks',
        `The lock of ${fleet} is held by ${deployment}, whose execution is ${status}.`,
        mend(facts, owner),
      ),
    );

export const checkFreezes: Check = (facts) =>
  facts.freezes
    .filter(({ until }) => until === undefined)
    .map(({ application, by, reason, at }) =>
      problem(
        'freezes',
        `${application === '*' ? 'All applications are' : `${application} is`} frozen without an end, by ${by} since ${since(facts, at)} (${reason}).`,
        `forseti unfreeze ${application === '*' ? '--all' : application}${place(facts)}`,
      ),
    );

export const settingsProblems: Check = (facts) =>
  facts.applications.flatMap(({ name, problem: why, missingGroup }) => {
    const told = [
      ...(why === undefined ? [] : [`The stored settings of ${name} are not valid: ${why}`]),
      ...(missingGroup === undefined
        ? []
        : [
            `The settings of ${name} name the Auto Scaling group ${missingGroup}, which is not there: nothing can be deployed to it. Correct the file, or --prune what is gone.`,
          ]),
    ];
    return told.map((what) => problem('settings', what, `forseti apply forseti.yml${place(facts)}`));
  });

export const checkDrift: Check = (facts) =>
  facts.drift.map(({ application, what, mend: command }) =>
    problem('drift', `${application} has drifted: ${what}.`, command),
  );

/** A release that runs and could not be launched again, or a way back that could not be used. */
export const checkWaysBack: Check = (facts) =>
  facts.waysBack.flatMap(({ application, problems }) =>
    problems.map((why) =>
      problem(
        'way back',
        `${application}: ${why}`,
        `forseti status ${application}${place(facts)}; forseti deploy ${application} VERSION${place(facts)}`,
      ),
    ),
  );

/** Where each application would go back to, a line each; also where there is nothing to go back to yet. */
export const waysBackLines = ({ waysBack }: Pick<HealthFacts, 'waysBack'>): string[] =>
  waysBack.map((one) => {
    const passed = one.passedOver.length > 0 ? ` ${one.passedOver.join('; ')}.` : '';
    return one.release
      ? `${one.application} would go back to ${wayBackText(one)}.${passed}`
      : `${one.application} has no way back: ${wayBackText(one)}`;
  });

const pairProblems = (facts: HealthFacts, found: RegionsFact): [string, string][] => {
  const { region: here } = facts;
  const { home, standby, other, hasTable } = found;
  if (here !== home && here !== standby)
    return [
      [
        `The stack in ${here} takes ${home} for home${standby === '' ? '' : ` and ${standby} for the standby`}, and is neither: nobody sends it requests.`,
        stackOf(facts),
      ],
    ];
  if (!other) return [];
  const alone = `as a stack of one region: forseti install --region ${facts.region}${stageOption(facts)} --no-standby`;
  if (!other.stack)
    return [
      [
        `The stack names ${other.region} as the other region, where there is none: nothing takes over, and the alarm ${fullName(facts, 'probe')} rings for ever.`,
        `${pairOf(facts, found)}; or ${alone}`,
      ],
    ];
  const theirs = other.stack;
  return [
    ...(theirs.home !== home || theirs.standby !== standby
      ? [
          [
            `The stacks disagree: here home is ${home} and the standby ${standby}; in ${other.region} home is ${theirs.home} and the standby ${theirs.standby === '' ? 'none' : theirs.standby}.`,
            pairOf(facts, found),
          ] satisfies [string, string],
        ]
      : []),
    ...(hasTable
      ? []
      : [
          [
            `There is no table ${fullName(facts, 'regions')} in ${here}: nobody knows which region is active, and nothing can fail over.`,
            pairOf(facts, found),
          ] satisfies [string, string],
        ]),
  ];
};

export const checkRegions: Check = (facts) => {
  const { regions: found } = facts;
  if (!found) return [];
  return [
    ...pairProblems(facts, found).map(([what, mend]) => problem('regions', what, mend)),
    ...(found.pinned
      ? [
          problem(
            'regions',
            `${found.pinned.active} is the active region by hand (${found.pinned.by}, since ${since(facts, found.pinned.since)}): nothing fails over by itself.`,
            `forseti region failback --reason "it is well again"${place(facts)}`,
          ),
        ]
      : []),
  ];
};

export const checkVersions: Check = (facts) => {
  const found = new Map<string, string[]>();
  for (const { name, found: is, version } of facts.functions)
    if (is) found.set(version ?? 'none', [...(found.get(version ?? 'none') ?? []), name]);
  const others = [...found].filter(([version]) => version !== facts.version);
  return others.map(([version, names]) =>
    problem(
      'versions',
      `${found.size === 1 ? 'The stack is' : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`} of version ${version}; this command is ${facts.version}.`,
      stackOf(facts),
    ),
  );
};

export const checkStrays: Check = (facts) =>
  facts.strays.map(({ id, name, deployment }) =>
    problem(
      'instances',
      `Instance ${id} (${name}) still runs, although deployment ${deployment} has ended: it costs money and serves nobody.`,
      `aws ec2 terminate-instances --instance-ids ${id} --region ${facts.region}`,
    ),
  );

const checkUnseen: Check = ({ unseen }) =>
  unseen.map(({ what, why }) =>
    problem(
      'stack',
      `${what} could not be looked at: ${why}`,
      'forseti doctor, with credentials that may read it',
    ),
  );

export const checks: readonly Check[] = [
  checkStack,
  checkFunctions,
  checkQueues,
  checkAlarms,
  checkWaiting,
  checkRecords,
  checkLocks,
  checkFreezes,
  settingsProblems,
  checkDrift,
  checkWaysBack,
  checkRegions,
  checkVersions,
  checkStrays,
  checkUnseen,
];

/** All problems; an empty list says that everything was checked and is well. */
export const problemsOf = (facts: HealthFacts): readonly HealthProblem[] =>
  checks.flatMap((check) => check(facts));

/** What is not wrong, and good to know. */
export const healthNotes = (facts: HealthFacts): readonly string[] => {
  const { concurrency, functions } = facts;
  const isOpen = functions.some(
    ({ found, reserves, reservedConcurrency }) => found && reserves && reservedConcurrency === undefined,
  );
  return concurrency && isOpen ? [withoutReservation(concurrency, stackOf(facts))] : [];
};
