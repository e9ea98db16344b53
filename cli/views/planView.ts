import { type FieldChange, fieldLine } from '../../lib/fleet/fields';
import type { DeploymentPlan, PlannedStep } from '../../lib/plan/plan';
import { showDuration } from '../terminal/duration';
import { columns, type Style } from '../terminal/style';

const fieldText = (change: FieldChange, style: Style): string => {
  const paint =
    change.before === undefined ? style.good : change.after === undefined ? style.bad : style.warn;
  return paint(fieldLine(change));
};

const signs = { add: '+', change: '~', remove: '-' } as const;

const changeLines = ({ launchTemplate, scaling }: DeploymentPlan, style: Style): string[] => [
  ...(launchTemplate
    ? [
        `launch template ${launchTemplate.name} (${launchTemplate.id}): a new version, made of version ${launchTemplate.from}`,
        ...launchTemplate.fields.map((field) => `  ${fieldText(field, style)}`),
      ]
    : []),
  ...scaling.flatMap(({ kind, change, name, fields }) => [
    `${signs[change]} ${kind === 'alarm' ? 'alarm' : 'scaling policy'} ${name}`,
    // What is removed needs no telling of what it was.
    ...(change === 'remove' ? [] : fields.map((field) => `  ${fieldText(field, style)}`)),
  ]),
  ...(scaling.length === 0 ? ['policies and alarms stay as they are'] : []),
];

const checkLines = ({ checks }: DeploymentPlan, style: Style): string[] => {
  const lines = columns(
    checks.map(({ name, found, problem }) => [
      problem === undefined ? style.good('✔') : style.bad('✖'),
      name,
      style.dim(found),
    ]),
  );
  // One check may find several problems.
  const isNew = (index: number): boolean => lines[index] !== lines[index - 1];
  return checks.flatMap(({ problem }, index) => [
    ...(isNew(index) ? [lines[index] ?? ''] : []),
    ...(problem === undefined ? [] : [`    ${style.bad(problem)}`]),
  ]);
};

const callsText = ({ calls }: PlannedStep): string =>
  calls
    .map(
      ({ action, count, about }) =>
        `${action}${count > 1 || about ? ` ${about ? 'about ' : ''}${String(count)} times` : ''}`,
    )
    .join(', ');

const stepLines = ({ steps }: DeploymentPlan, style: Style): string[] =>
  columns(
    steps.map((step) => [
      step.state,
      step.seconds === undefined ? '' : showDuration(step.seconds * 1_000),
      step.instances ?? '',
      style.dim(callsText(step)),
    ]),
    [1],
  );

const dollars = (amount: number): string =>
  amount === 0 ? '<$0.0001' : `$${amount < 0.1 ? amount.toFixed(4) : amount.toFixed(2)}`;

const durationLines = ({ duration }: DeploymentPlan): string[] => [
  ...(duration.from.length > 0 ? [`as ${duration.from.join(', ')}`] : []),
  ...duration.assumptions,
];

const costLines = ({ cost }: DeploymentPlan, style: Style): string[] => [
  ...columns(
    cost.lines.map(({ what, quantity, unit, dollars: amount }) => [
      what,
      dollars(amount),
      style.dim(`${String(quantity)} ${unit}${quantity === 1 ? '' : 's'}`),
    ]),
    [1],
  ),
  style.dim(`by ${cost.source}`),
];

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

export const planTree = (plan: DeploymentPlan, style: Style): string[] => {
  const { application, version, group, strategy, rollout, ready, instances, duration, cost } = plan;
  const problems = plan.checks.filter(({ problem }) => problem !== undefined).length;
  return [
    `${style.bold(`${application} ${version}`)}  ${strategy}, rollout ${rollout}, group ${group} with ${String(instances.inService)} in service`,
    '',
    style.bold('what would change'),
    ...indented(changeLines(plan, style)),
    '',
    `${style.bold('checks')}  ${ready ? style.good('all pass') : style.bad(`${String(problems)} would refuse it`)}`,
    ...indented(checkLines(plan, style)),
    '',
    `${style.bold('steps')}  ${style.dim(`${String(plan.transitions)} state transitions, at most ${String(instances.extra)} extra instances`)}`,
    ...indented(stepLines(plan, style)),
    '',
    `${style.bold(`about ${String(duration.minutes)} minutes`)}  ${style.dim(duration.basis === 'history' ? 'by history' : 'by assumptions')}`,
    ...indented(durationLines(plan)),
    '',
    style.bold(`about ${dollars(cost.dollars)}`),
    ...indented(costLines(plan, style)),
  ];
};

/** One thing a line: its kind, then what there is of it, fields apart by tabs. */
export const planPlain = (plan: DeploymentPlan): string[] =>
  [
    ...plan.checks.map(({ name, found, problem }) => [
      'check',
      problem === undefined ? 'ok' : 'problem',
      name,
      problem ?? found,
    ]),
    ...(plan.launchTemplate?.fields ?? []).map(({ field, before, after }) => [
      'launch-template',
      field,
      before ?? '-',
      after ?? '-',
    ]),
    ...plan.scaling.map(({ kind, change, name }) => [kind, change, name]),
    ...plan.steps.map(({ state, seconds }) => ['step', state, String(seconds ?? 0)]),
    ...plan.steps.flatMap(({ state, calls }) =>
      calls.map(({ service, action, count }) => ['call', state, service, action, String(count)]),
    ),
    ['minutes', String(plan.duration.minutes), plan.duration.basis],
    ['dollars', String(plan.cost.dollars)],
  ].map((cells) => cells.join('\t'));
