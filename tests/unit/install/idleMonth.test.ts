import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withCosts, costsFile } from '../../../build/costTables';
import { idleMonth } from '../../../cli/install/idleMonth';
import { compileStack } from '../../../cli/local/stack';

const root = process.cwd();

test('An idle month costs less than 3 dollars in one region, and less than 6 in two', async () => {
  const { template } = await compileStack(root);
  expect(idleMonth(template, { hasStandby: false }).dollarsAMonth).toBeLessThan(3);
  expect(2 * idleMonth(template, { hasStandby: true }).dollarsAMonth).toBeLessThan(6);
});

test('docs/costs.md shows what the compiled template costs now', async () => {
  const document = readFileSync(join(root, costsFile), 'utf8');
  // Prettier pads the cells of a table.
  const unpadded = (text: string) => text.replace(/(?<=\|) +| +(?=\|)/g, ' ').replace(/-{3,}/g, '---');
  expect(unpadded(await withCosts(document, root))).toBe(unpadded(document));
});

const rule = (ScheduleExpression: string, name = 'Watch') => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    ScheduleExpression,
    Targets: [{ Id: 'schedule', Arn: { 'Fn::GetAtt': [`${name}LambdaFunction`, 'Arn'] } }],
  },
});
const lambda = { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 512 } };
const quantityOf = (what: string, resources: object, hasStandby = false) =>
  idleMonth(
    {
      Conditions: {
        HasStandby: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'StandbyRegion' }, ''] }] },
        IsPair: { 'Fn::And': [{ Condition: 'HasStandby' }] },
      },
      Resources: resources as never,
    },
    { hasStandby },
  ).lines.find((line) => line.what === what)?.quantity;

test.each([
  ['rate(1 minute)', 43_200],
  ['rate(5 minutes)', 8_640],
  ['rate(12 hours)', 60],
  ['rate(1 day)', 30],
])('A function that runs by %s runs %i times a month', (schedule, runs) => {
  expect(quantityOf('schedules', { WatchLambdaFunction: lambda, Rule: rule(schedule) })).toBe(runs);
});

test('A schedule that is no rate is refused, and not counted as nothing', () => {
  const resources = { WatchLambdaFunction: lambda, Rule: rule('cron(0 8 * * ? *)') };
  expect(() => quantityOf('schedules', resources)).toThrow('The schedule cron(0 8 * * ? *) is no rate.');
});

test('What exists only with a standby counts only there, also by a condition that rests on another', () => {
  const alarm = { Type: 'AWS::CloudWatch::Alarm' };
  const resources = {
    One: alarm,
    Two: { ...alarm, Condition: 'HasStandby' },
    Three: { ...alarm, Condition: 'IsPair' },
  };
  expect(quantityOf('alarms', resources)).toBe(1);
  expect(quantityOf('alarms', resources, true)).toBe(3);
});
