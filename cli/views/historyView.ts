import type { Dora, Share, Took } from '../../lib/history/dora';
import { showDuration } from '../terminal/duration';
import { showInstant } from '../terminal/instant';
import type { ApplicationHistory, PastDeployment, PastDrift } from '../queries/history';
import { columns, type Style } from '../terminal/style';
import { outcomeText } from './outcomeView';

const whoOf = ({ requestedBy, alarm }: PastDeployment): string =>
  alarm === undefined ? (requestedBy ?? '') : `alarm ${alarm}`;

const endText = ({ kind, outcome, problems }: PastDeployment, style: Style): string =>
  outcome === undefined
    ? style.accent('running')
    : outcomeText({ kind, outcome, failed: problems !== undefined }, style);

/** Git's commits are told by their first digits. */
const versionText = (
  { kind, version, release, commit, regenerates }: PastDeployment,
  style: Style,
): string => {
  if (kind === 'rollback') return `rollback to ${release ?? version}`;
  if (regenerates) return `regenerate of ${version}`;
  return commit === undefined ? version : `${version} ${style.dim(commit.slice(0, 8))}`;
};

const row = (past: PastDeployment, style: Style): string[] => [
  style.dim(showInstant(past.acceptedAt)),
  versionText(past, style),
  endText(past, style),
  past.durationSeconds === undefined ? '' : showDuration(past.durationSeconds * 1_000),
  style.dim(
    [whoOf(past), ...(past.reason === undefined ? [] : [`"${past.reason}"`])]
      .filter((part) => part !== '')
      .join(', '),
  ),
  past.problems?.[0]?.split('\n')[0] ?? '',
];

const driftRow = ({ what, seenAt, who, mendedAt }: PastDrift, style: Style): string[] => [
  style.dim(showInstant(seenAt)),
  style.warn('drift'),
  mendedAt === undefined ? style.warn('stands') : style.good(`mended ${showInstant(mendedAt)}`),
  what,
  style.dim(who ?? ''),
];

const percent = ({ rate, count, of }: Share): string =>
  rate === undefined
    ? 'nothing to measure'
    : `${String(Math.round(rate * 100))} %  (${String(count)} of ${String(of)})`;

const median = ({ medianSeconds, measured }: Took): string =>
  medianSeconds === undefined
    ? 'nothing to measure'
    : `${showDuration(medianSeconds * 1_000)}  (median of ${String(measured)})`;

const frequency = ({ deployments, perDay }: Dora['deploymentFrequency']): string => {
  if (deployments === 0) return 'none';
  const often = perDay >= 1 ? `${perDay.toFixed(1)} a day` : `${(perDay * 7).toFixed(1)} a week`;
  return `${often}  (${String(deployments)})`;
};

/** The five figures of DORA, one a line. */
export const doraLines = (dora: Dora, style: Style): string[] =>
  columns([
    [style.dim('deployment frequency'), frequency(dora.deploymentFrequency)],
    [style.dim('lead time, tag to done'), median(dora.leadTime)],
    [style.dim('change failure rate'), percent(dora.changeFailureRate)],
    [
      style.dim('time to restore'),
      `${median(dora.timeToRestore)}${dora.timeToRestore.open > 0 ? style.bad(`, ${String(dora.timeToRestore.open)} not restored yet`) : ''}`,
    ],
    [style.dim('rework rate'), percent(dora.reworkRate)],
  ]);

export interface HistoryOptions {
  /** Only the figures. */
  readonly dora?: boolean;
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

export const historyTree = (
  histories: readonly ApplicationHistory[],
  style: Style,
  { dora: only }: HistoryOptions = {},
): string[] => {
  if (histories.length === 0)
    return ['There are no applications: forseti apply forseti.yml makes them known.'];
  return histories.flatMap(({ application, deployments, dora, drift = [] }, index) => [
    ...(index > 0 ? [''] : []),
    `${style.bold(application)}  ${style.dim(`since ${showInstant(Date.parse(dora.from))}`)}`,
    ...(only
      ? []
      : indented(
          deployments.length === 0
            ? [style.dim('no deployments')]
            : columns(deployments.map((past) => row(past, style))),
        )),
    ...(only ? [] : indented(columns(drift.map((past) => driftRow(past, style))))),
    ...(only ? [] : ['']),
    ...indented(doraLines(dora, style)),
  ]);
};

const cell = (value: number | undefined): string => (value === undefined ? '-' : String(value));

/** The figures, one a line: application, figure, value, unit. */
const doraPlain = (application: string, dora: Dora): string[] =>
  [
    ['deployment-frequency', cell(dora.deploymentFrequency.perDay), 'per-day'],
    ['lead-time', cell(dora.leadTime.medianSeconds), 'seconds'],
    ['change-failure-rate', cell(dora.changeFailureRate.rate), 'share'],
    ['time-to-restore', cell(dora.timeToRestore.medianSeconds), 'seconds'],
    ['rework-rate', cell(dora.reworkRate.rate), 'share'],
  ].map((cells) => [application, ...cells].join('\t'));

/** One deployment a line, fields separated by tabs; or one figure a line. */
export const historyPlain = (
  histories: readonly ApplicationHistory[],
  { dora: only }: HistoryOptions = {},
): string[] =>
  histories.flatMap(({ application, deployments, dora }) =>
    only
      ? doraPlain(application, dora)
      : deployments.map((past) =>
          [
            application,
            past.deployment,
            past.regenerates ? 'regenerate' : past.kind,
            past.version,
            past.outcome ?? 'running',
            new Date(past.acceptedAt).toISOString(),
            past.durationSeconds === undefined ? '-' : String(past.durationSeconds),
            whoOf(past) || '-',
          ].join('\t'),
        ),
  );
