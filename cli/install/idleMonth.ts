import type { CloudFormationTemplate, TemplateResource } from '@forseti/embedded-cloud';
import { dollarsPer } from '../../lib/plan/prices';

/** One item on the bill of a month in which nothing is deployed. */
export interface IdleLine {
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  readonly dollarsAMonth: number;
  readonly why: string;
}

export interface IdleMonth {
  readonly lines: readonly IdleLine[];
  readonly dollarsAMonth: number;
}

const minutesAMonth = 30 * 24 * 60;
const minutesOf = { minute: 1, hour: 60, day: 24 * 60 } as const;

/**
 * Lambda polls an idle queue by five connections, each of which waits for up to 20 seconds:
 * docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html, "Configuring maximum concurrency".
 */
const pollsAMinute = (5 * 60) / 20;

/**
 * What one run by schedule does when there is nothing to do. Reads and writes are those that the embedded cloud counts;
 * the seconds are twice those of a warm run there, since AWS's answers take longer.
 */
interface IdleRun {
  readonly reads: number;
  readonly writes?: number;
  readonly requestsOfQueues?: number;
}
const seconds = 0.2;
const logBytes = 1_000;
const idleRuns: Readonly<Record<string, IdleRun>> = {
  Sweep: { reads: 5 },
  // It sends, receives and deletes one message, and its finding is copied to the other region.
  Probe: { reads: 4, writes: 2, requestsOfQueues: 3 },
};
const otherRun: IdleRun = { reads: 2 };

/** `rate(5 minutes)`: how often that is in a month. */
const runsAMonth = (schedule: string): number => {
  const [, every = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  const minutes = minutesOf[unit as keyof typeof minutesOf];
  if (minutes === undefined) throw new Error(`The schedule ${schedule} is no rate.`);
  return minutesAMonth / (Number(every) * minutes);
};

interface Scheduled {
  readonly name: string;
  readonly runs: number;
  readonly memoryGib: number;
}

/** The functions that run by schedule. */
const scheduledOf = (
  resources: readonly TemplateResource[],
  { Resources }: CloudFormationTemplate,
): readonly Scheduled[] =>
  resources.flatMap(({ Type, Properties = {} }) => {
    if (Type !== 'AWS::Events::Rule' || typeof Properties.ScheduleExpression !== 'string') return [];
    const runs = runsAMonth(Properties.ScheduleExpression);
    const [, name = ''] = /"(\w+)LambdaFunction"/.exec(JSON.stringify(Properties.Targets)) ?? [];
    const memoryMib = Number(Resources[`${name}LambdaFunction`]?.Properties?.MemorySize);
    return [{ name, runs, memoryGib: memoryMib / 1_024 }];
  });

/** Whether a condition holds only where there is a standby. */
const needsStandby = (condition: string | undefined, template: CloudFormationTemplate): boolean => {
  if (condition === undefined) return false;
  const text = JSON.stringify(template.Conditions?.[condition] ?? '');
  const others = [...text.matchAll(/"Condition":"(\w+)"/g)].map(([, name = '']) => name);
  return text.includes('"StandbyRegion"') || others.some((name) => needsStandby(name, template));
};

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

const line = (
  what: string,
  quantity: number,
  unit: string,
  { each, why }: { readonly each: number; readonly why: string },
): IdleLine => ({ what, quantity: Math.round(quantity), unit, dollarsAMonth: quantity * each, why });

const runLines = (scheduled: readonly Scheduled[], label: string, why: string): IdleLine => {
  const dollars = sumOf(
    scheduled.map(
      ({ runs, memoryGib }) =>
        runs * (dollarsPer.lambdaRequest + seconds * memoryGib * dollarsPer.lambdaGbSecondArm64),
    ),
  );
  const runs = sumOf(scheduled.map((one) => one.runs));
  return line(label, runs, 'runs', { each: runs === 0 ? 0 : dollars / runs, why });
};

/**
 * What the stack costs in one region in a month in which nothing is deployed, by the compiled template. Free tiers are
 * left out; so are tables, images and logs of deployments, which grow with use.
 *
 * @param hasStandby whether it is one of two stacks that probe each other
 */
export const idleMonth = (
  template: CloudFormationTemplate,
  { hasStandby }: { readonly hasStandby: boolean },
): IdleMonth => {
  const resources = Object.values(template.Resources).filter(
    ({ Condition }) => hasStandby || !needsStandby(Condition, template),
  );
  const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
  const scheduled = scheduledOf(resources, template);
  const [probes, others] = [
    scheduled.filter(({ name }) => name === 'Probe'),
    scheduled.filter(({ name }) => name !== 'Probe'),
  ];
  const perRun = (of: (run: IdleRun) => number): number =>
    sumOf(scheduled.map(({ name, runs }) => runs * of(idleRuns[name] ?? otherRun)));
  const mappings = count('AWS::Lambda::EventSourceMapping');
  const runs = sumOf(scheduled.map((one) => one.runs));
  const lines = [
    line('encryption key', count('AWS::KMS::Key'), 'keys', {
      each: dollarsPer.keyMonth,
      why: 'an alarm publishes only to a topic whose key allows it',
    }),
    line('alarms', count('AWS::CloudWatch::Alarm'), 'alarms', {
      each: dollarsPer.alarmMonth,
      why: 'dead letters, old requests and alarms, the probe',
    }),
    line('waiting for messages', mappings * pollsAMinute * minutesAMonth, 'SQS requests', {
      each: dollarsPer.sqsRequest,
      why: `Lambda asks ${String(mappings)} queues by 5 connections each, 20 seconds at a time`,
    }),
    runLines(
      others,
      'schedules',
      others
        .map(({ name }) => name)
        .sort()
        .join(', '),
    ),
    ...(hasStandby
      ? [
          runLines(probes, 'probe', 'looks at the other region once a minute'),
          line(
            'messages of the probe',
            perRun((run) => run.requestsOfQueues ?? 0),
            'SQS requests',
            {
              each: dollarsPer.sqsRequest,
              why: 'it sends, receives and deletes one',
            },
          ),
        ]
      : []),
    line(
      'reads of tables',
      perRun(({ reads }) => reads),
      'requests',
      {
        each: dollarsPer.tableRead,
        why: 'by the runs above',
      },
    ),
    ...(hasStandby
      ? [
          line(
            'writes of tables',
            perRun(({ writes = 0 }) => writes),
            'requests',
            {
              each: dollarsPer.tableWrite,
              why: 'findings of the probe, here and in the other region',
            },
          ),
        ]
      : []),
    line('logs', (runs * logBytes) / 1e6, 'MB', {
      each: dollarsPer.logGb / 1e3,
      why: 'some 1,000 bytes a run, kept for 90 days',
    }),
    line('dashboards', count('AWS::CloudWatch::Dashboard'), 'dashboards', {
      each: dollarsPer.dashboardMonth,
      why: `none of its own; each of "forseti dashboard" is ${String(dollarsPer.dashboardMonth)} dollars after the account's first three`,
    }),
  ];
  return { lines, dollarsAMonth: sumOf(lines.map(({ dollarsAMonth }) => dollarsAMonth)) };
};
