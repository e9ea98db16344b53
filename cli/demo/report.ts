import type { Cost } from '@forseti/embedded-cloud';
import { showDuration } from '../terminal/duration';
import { columns, type Style } from '../terminal/style';

export interface DemoReport {
  readonly outcome: string;
  readonly application: string;
  readonly version: string;
  /** In virtual time: what it would have taken on AWS. */
  readonly durationSeconds: number;
  /** The part of it that Forseti itself took. */
  readonly overheadSeconds: number;
  readonly stateTransitions: number;
  readonly apiCalls: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly costDollars: number;
  readonly instances: { readonly total: number; readonly onVersion: number };
  /** The names of all states that the execution entered, in their order. */
  readonly path: readonly string[];
  /** The next version, which was rolled back after an alarm. */
  readonly rollback: {
    readonly outcome: string;
    readonly version: string;
    readonly alarm: string;
    /** From the alarm to the end. */
    readonly durationSeconds: number;
    /** How many run the earlier version again. */
    readonly instances: DemoReport['instances'];
  };
}

interface Call {
  readonly caller: string;
  readonly service: string;
  readonly action: string;
}

/** Calls by service and action, sorted by name. */
export const countCalls = (calls: readonly Call[]): DemoReport['apiCalls'] => {
  const counted: Record<string, Record<string, number>> = {};
  for (const { service, action } of [...calls].sort((a, b) =>
    a.service + a.action < b.service + b.action ? -1 : 1,
  )) {
    const actions = (counted[service] ??= {});
    actions[action] = (actions[action] ?? 0) + 1;
  }
  return counted;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

export const totalCalls = (apiCalls: DemoReport['apiCalls']): number =>
  sum(Object.values(apiCalls).flatMap((actions) => Object.values(actions)));

export const showDollars = (dollars: number): string =>
  `$${dollars < 0.1 ? dollars.toFixed(4) : dollars.toFixed(2)}`;

/** A bar of the instances by version, the new version first. */
export const versionsBar = (
  versions: Readonly<Record<string, number>>,
  version: string,
  style: Style,
): string => {
  const total = sum(Object.values(versions));
  const on = versions[version] ?? 0;
  const cells = 30;
  const filled = total === 0 ? 0 : Math.round((on / total) * cells);
  const others = Object.entries(versions)
    .filter(([name]) => name !== version)
    .map(([name, count]) => `${name} ${String(count)}`);
  const bar = style.good('█'.repeat(filled)) + style.dim('░'.repeat(cells - filled));
  return `  ${bar}  ${style.bold(`${version} ${String(on)}`)}${others.length > 0 ? style.dim(`   ${others.join('  ')}`) : ''}`;
};

/** The rollback of the second version, for people. */
export const rollbackLines = ({ rollback, version }: DemoReport, style: Style): string[] =>
  columns([
    [
      `  ${style.dim('who runs what')}`,
      `${String(rollback.instances.onVersion)} of ${String(rollback.instances.total)} on ${version}`,
      style.dim('again'),
    ],
    [
      `  ${style.dim('from the alarm')}`,
      showDuration(rollback.durationSeconds * 1_000),
      style.dim('with nobody at work'),
    ],
  ]);

/** The deployment of the first version, for people. */
export const reportLines = (report: DemoReport, cost: Cost, style: Style): string[] => {
  const { total, onVersion } = report.instances;
  const services = Object.entries(report.apiCalls)
    .map(([service, actions]) => [service, sum(Object.values(actions))] as const)
    .sort(([, a], [, b]) => b - a)
    .map(([service, count]) => `${service} ${String(count)}`);
  const row = (what: string, value: string, more = '') => [`  ${style.dim(what)}`, value, style.dim(more)];
  return columns([
    row('who runs what', `${String(onVersion)} of ${String(total)} on ${report.version}`),
    row(
      'on AWS it takes',
      showDuration(report.durationSeconds * 1_000),
      `of which Forseti ${showDuration(report.overheadSeconds * 1_000)}`,
    ),
    row('state transitions', String(report.stateTransitions)),
    row('API calls', String(totalCalls(report.apiCalls)), services.slice(0, 4).join(', ')),
    row('cost', showDollars(report.costDollars), 'of which'),
    ...[...cost.items]
      .filter(({ dollars }) => dollars >= 0.000_05)
      .sort((a, b) => b.dollars - a.dollars)
      .slice(0, 3)
      .map(({ what, dollars }) => row('', showDollars(dollars), what)),
  ]);
};
