import { wantedConcurrency } from '../../../lib/health/alarmConcurrency';
import { readFileSync } from 'node:fs';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { defaultFailover } from '../../../lib/failover/decide';
import { probeWithinMs } from '../../../lib/failover/probe';
import { maxBytes } from '../../../lib/intake/webhook/request';
import { compileStack } from '../../../cli/local/stack';

const page = readFileSync('docs/regions.md', 'utf8');
let template: CloudFormationTemplate;
beforeAll(async () => {
  ({ template } = await compileStack(process.cwd()));
}, 30_000);

/** The cells of a table's row, without its first. */
const row = (first: string): string[] => {
  const line = page.split('\n').find((one) => one.startsWith(`| ${first} `)) ?? '';
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
};

type Properties = Readonly<Record<string, string | number | object | undefined>>;
/** Numbers as they are; `otherwise` if the template has no value. */
const text = (value: unknown, otherwise = 'missing'): string =>
  value === undefined ? otherwise : JSON.stringify(value).replaceAll('"', '');

const of = (id: string): Properties => (template.Resources[id]?.Properties ?? {}) as Properties;

const mappingOf = (queue: string): Properties => {
  const found = Object.values(template.Resources).find(
    ({ Type, Properties: properties }) =>
      Type === 'AWS::Lambda::EventSourceMapping' &&
      JSON.stringify(properties?.EventSourceArn).includes(`"${queue}"`),
  );
  return (found?.Properties ?? {}) as Properties;
};

const alarmOn = (queue: string, metric: string): Properties | undefined =>
  Object.values(template.Resources).find(
    ({ Type, Properties: properties }) =>
      Type === 'AWS::CloudWatch::Alarm' &&
      properties?.MetricName === metric &&
      JSON.stringify(properties?.Dimensions).includes(`"${queue}"`),
  )?.Properties as Properties | undefined;

test.each([
  ['Requests', 'Intake', 0],
  ['Alarms', 'TakeAlarm', 1],
  ['Waiting', 'Look', 2],
] as const)("The page has the %s queue's settings as they are deployed", (name, functionName, column) => {
  const queue = of(`${name}Queue`);
  const lambda = of(`${functionName}LambdaFunction`);
  const mapping = mappingOf(`${name}Queue`);
  const redrive = queue.RedrivePolicy as { maxReceiveCount: number };
  const scaling = mapping.ScalingConfig as { MaximumConcurrency: number };
  const pages = (alarm: Properties | undefined) =>
    JSON.stringify(alarm?.AlarmActions ?? []).includes('PagingTopic') ? alarm : undefined;
  const told = (first: string) => row(first)[column];
  expect(Object.keys(mapping).length).toBeGreaterThan(3);
  expect({
    function: told('function'),
    timeout: told("function's time-out (s)"),
    visibility: told('`VisibilityTimeout` (s)'),
    batch: told('batch size'),
    window: told('batch window (s)'),
    concurrency: told('`maximumConcurrency`'),
    reserved: told('reserved concurrency'),
    tries: told('`maxReceiveCount`'),
    kept: told('kept for (s)'),
    deadKept: told('dead letters kept for (s)'),
    old: told('pages when older than (s)'),
    dead: told('pages on a dead letter'),
  }).toEqual({
    function: functionName,
    timeout: text(lambda.Timeout),
    visibility: text(queue.VisibilityTimeout),
    batch: text(mapping.BatchSize),
    window: text(mapping.MaximumBatchingWindowInSeconds, '0'),
    concurrency: String(scaling.MaximumConcurrency),
    reserved:
      lambda.ReservedConcurrentExecutions === undefined
        ? 'none'
        : `${String(wantedConcurrency)}, if the account has it`,
    tries: String(redrive.maxReceiveCount),
    kept: text(queue.MessageRetentionPeriod),
    deadKept: text(of(`${name}DeadLetters`).MessageRetentionPeriod),
    old: text(pages(alarmOn(`${name}Queue`, 'ApproximateAgeOfOldestMessage'))?.Threshold, 'none'),
    dead: pages(alarmOn(`${name}DeadLetters`, 'ApproximateNumberOfMessagesVisible')) ? 'yes' : 'no',
  });
  expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  expect(queue.VisibilityTimeout).toBe(6 * Number(lambda.Timeout));
});

test("The page has the numbers of the code's hysteresis, and the probe's alarm as it is deployed", () => {
  const { badProbes, goodProbes, minimumStayMs, maxDrainProbes } = defaultFailover;
  expect(row('bad probes in a row')[0]).toBe(String(badProbes));
  expect(row('good probes in a row')[0]).toBe(String(goodProbes));
  expect(row('minimum stay')[0]).toBe(`${String(minimumStayMs / 60_000)} minutes`);
  expect(row('draining')[0]).toBe(`${String(maxDrainProbes)} probes`);
  expect(page).toContain(`within ${String(probeWithinMs / 1000)} s`);
  expect(page).toContain(`longer than ${String(maxBytes)} bytes`);
  const { EvaluationPeriods: periods, Period: period, AlarmName: name } = of('ProbeAlarm');
  expect(page).toContain(
    `\`${text(name)}\` (${String((Number(periods) * Number(period)) / 60)} minutes of bad probes`,
  );
  expect(of('ProbeRule').ScheduleExpression).toBe('rate(1 minute)');
});

test('The page has every answer of the webhook, and no other', () => {
  const sources = ['answer', 'takeWebhook', 'provider'].map((name) =>
    readFileSync(`lib/intake/webhook/${name}.ts`, 'utf8'),
  );
  const code = [...sources, readFileSync('functions/intake/Webhook.ts', 'utf8')].join('\n');
  const given = new Set([...code.matchAll(/\b([2-5]\d\d)\b(?=[,;]| :|\n)/g)].map(([, status]) => status));
  const told = new Set([...page.matchAll(/^\| ([2-5]\d\d) /gm)].map(([, status]) => status));
  expect([...told].sort()).toEqual([...given].sort());
});
