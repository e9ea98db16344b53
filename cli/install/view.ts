import type { AccountFinding } from './findings';
import type { Prospect, StackProspect } from './prospect';
import { columns, type Style, wrapped } from '../terminal/style';

const moves: Readonly<Record<StackProspect['move'], string>> = {
  create: 'is made',
  update: 'is updated',
  delete: 'is deleted and made again',
  wait: 'is updated, once CloudFormation has ended its present work',
  'continue the rollback': 'is updated, after its rollback is continued',
};

const dollars = (amount: number): string => amount.toFixed(2);

/** `12 Functions, 3 Queues`, the most first. */
const resourcesText = (counts: StackProspect['resources']): string =>
  Object.entries(counts)
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
    .map(([kind, count]) => `${String(count)} ${kind}`)
    .join(', ');

const parametersText = (parameters: StackProspect['parameters']): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value === '' ? "''" : value}`)
    .join(' ');

/** What is found, with what to do about it. */
export const findingLines = (findings: readonly AccountFinding[], sign: string, style: Style): string[] =>
  findings.map(({ region, what, next }) => `${sign} ${region}: ${what}\n  ${style.dim(next)}`);

/** What is made, and what it costs. */
export const prospectLines = (
  { stacks, leaves }: Prospect,
  stage: string,
  { bold, dim }: Style,
  width: number,
): string[] => {
  const total = stacks.reduce((sum, { idle }) => sum + idle.dollarsAMonth, 0);
  return [
    ...stacks.flatMap(({ region, move, resources, parameters }) => [
      `${bold(`forseti-${stage}`)} in ${bold(region)} ${moves[move]}.`,
      ...wrapped(resourcesText(resources), width - 2).map((line) => `  ${line}`),
      `  ${dim(parametersText(parameters))}`,
    ]),
    ...(leaves === undefined
      ? []
      : [`${leaves} is no standby any more. Its stack stays until: forseti uninstall --region ${leaves}`]),
    '',
    `A month in which nothing is deployed costs ${bold(`${dollars(total)} dollars`)}${stacks.length > 1 ? ' in both regions' : ''}:`,
    ...columns(
      (stacks[0]?.idle.lines ?? [])
        .filter(({ quantity }) => quantity > 0)
        .map(({ what, quantity, unit, dollarsAMonth, why }) => [
          `  ${what}`,
          `${quantity.toLocaleString('en-US')} ${unit}`,
          dollars(dollarsAMonth * stacks.length),
          dim(why),
        ]),
      [1, 2],
    ),
  ];
};

/** The same for programs. */
export const prospectJson = ({ stacks, findings, leaves }: Prospect, stage: string): unknown => ({
  stage,
  stacks: stacks.map(({ region, move, resources, parameters, idle }) => ({
    region,
    move,
    parameters,
    resources,
    idleMonth: idle,
  })),
  ...(leaves !== undefined && { leaves }),
  ...findings,
});
