import { compileStack } from '../cli/local/stack';
import { idleMonth, type IdleMonth } from '../cli/install/idleMonth';

export const costsFile = 'docs/costs.md';
const from = '<!-- idle month: made by npm run costs -->';
const until = '<!-- end of the idle month -->';

const dollars = (amount: number): string => amount.toFixed(2);

const tableOf = ({ lines, dollarsAMonth }: IdleMonth): string =>
  [
    '| what | a month | dollars | why |',
    '| --- | ---: | ---: | --- |',
    ...lines.map(
      ({ what, quantity, unit, dollarsAMonth: each, why }) =>
        `| ${what} | ${quantity.toLocaleString('en-US')} ${unit} | ${dollars(each)} | ${why} |`,
    ),
    `| **together** | | **${dollars(dollarsAMonth)}** | |`,
  ].join('\n');

/** The document with both tables as the compiled template gives them. */
export const withCosts = async (document: string, root: string): Promise<string> => {
  const { template } = await compileStack(root);
  const [alone, paired] = [false, true].map((hasStandby) => idleMonth(template, { hasStandby })) as [
    IdleMonth,
    IdleMonth,
  ];
  const tables = [
    '### One region',
    tableOf(alone),
    '### Two regions',
    `Each of the two, ${dollars(2 * paired.dollarsAMonth)} dollars together:`,
    tableOf(paired),
  ].join('\n\n');
  const [before, after] = [document.indexOf(from), document.indexOf(until)];
  if (before < 0 || after < 0) throw new Error(`${costsFile} has no place for the tables: ${from}`);
  return `${document.slice(0, before)}${from}\n\n${tables}\n\n${document.slice(after)}`;
};
