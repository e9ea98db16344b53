import type { DeploymentStatus } from '../queries/deploymentStatus';
import { showAgo, showDuration } from '../terminal/duration';
import type { FreezeStatus } from '../queries/freezeStatus';
import type { ReleaseStatus, LastRollback } from '../queries/releaseStatus';
import { showInstant } from '../terminal/instant';
import { columns, type Style } from '../terminal/style';

/** What was asked for counts as well: of a rollback that is its outcome. */
const wentWell = ({ outcome, error }: DeploymentStatus): boolean =>
  outcome === 'Deployed' || (outcome === 'RolledBack' && error === undefined);

/** One line: what to which version, where it is or how it ended, how long. */
export const statusText = (status: DeploymentStatus, now: number, style: Style): string => {
  const { kind, version, outcome, acceptedAt, closedAt = now, step, progress, stopped } = status;
  const what = kind === 'rollback' ? `rollback to ${version}` : version;
  if (outcome !== undefined) {
    const paint = wentWell(status) ? style.good : outcome === 'Dirty' ? style.bad : style.warn;
    return `${what}  ${paint(outcome)}  ${style.dim(`${showAgo(now - closedAt)}, took ${showDuration(closedAt - acceptedAt)}`)}`;
  }
  const where = [step ?? 'starting', progress].filter((part) => part !== undefined).join(', ');
  const shown = stopped === undefined ? style.accent(where) : style.warn(`stopped, ${stopped}`);
  return `${what}  ${shown}  ${style.dim(`for ${showDuration(now - acceptedAt)}`)}`;
};

/** Its name, who asked for it and why. */
const askedLine = ({ deployment, requestedBy, reason, alarm }: DeploymentStatus): string => {
  const who = alarm === undefined ? requestedBy : `alarm ${alarm}`;
  return [
    deployment,
    ...(who === undefined ? [] : [`by ${who}`]),
    ...(reason === undefined ? [] : [`"${reason}"`]),
  ].join(', ');
};

/** More is in the record. */
const shownProblems = 3;
const firstLine = (text: string): string => text.split('\n')[0] ?? '';

const problemLines = ({ problems = [] }: DeploymentStatus): string[] => [
  ...problems.slice(0, shownProblems).map(firstLine),
  ...(problems.length > shownProblems ? [`and ${String(problems.length - shownProblems)} more`] : []),
];

/** What there is to know of it, and to do about it. */
export const deploymentStatusLines = (status: DeploymentStatus, style: Style): string[] => {
  const { halted, handedTo, approveWith, left = [], resumeWith, resumeUntil } = status;
  const until = resumeUntil === undefined ? '' : ` until ${showInstant(resumeUntil)}`;
  return [
    style.dim(askedLine(status)),
    ...(halted ? [style.warn(`halted by ${halted.by}: ${halted.reason}`)] : []),
    ...problemLines(status),
    ...(handedTo === undefined ? [] : [`its rollout is undone by ${handedTo}`]),
    // Where it waits, its progress tells the command as a rule.
    ...(approveWith === undefined || status.progress?.includes(approveWith) === true
      ? []
      : [`to go on: ${style.bold(approveWith)}`]),
    ...left.flatMap(({ target, note, mend }) => [
      style.bad(`left: ${target}: ${note}`),
      ...(mend === undefined ? [] : [`mend it with: ${mend}`]),
    ]),
    ...(resumeWith === undefined ? [] : [`its image is kept${until}: ${style.bold(resumeWith)}`]),
  ];
};

export const freezeLine = ({ by, what, until, liftWith }: FreezeStatus, style: Style): string => {
  const end = until === undefined ? 'until it is lifted' : `until ${showInstant(until)}`;
  return `${style.warn(end)}, by ${by}: ${what}${liftWith === undefined ? '' : style.dim(`  ${liftWith}`)}`;
};

/** An alarm's mark tells when it rang; `markedAt` stays when the deployment marked the release good. */
const ring = /^(alarm .+) (\d{4}-\d{2}-\d{2}T\S+Z)$/;

const markText = ({ deployment, markedAt, markedBy }: ReleaseStatus, now: number): string => {
  const [, alarm, rangAt] = ring.exec(markedBy) ?? [];
  if (alarm !== undefined && rangAt !== undefined) return `${showAgo(now - Date.parse(rangAt))}, by ${alarm}`;
  return `${showAgo(now - markedAt)}${markedBy === deployment ? '' : `, by ${markedBy}`}`;
};

export const releaseLines = (releases: readonly ReleaseStatus[], now: number, style: Style): string[] =>
  columns(
    releases.map((release) => [
      release.version,
      release.state === 'good' ? style.good(release.state) : style.bad(release.state),
      style.dim(markText(release, now)),
    ]),
  );

/** It stays until a person acts, however it ended; only one that came by itself holds anything back. */
export const rolledBackLine = ({ deployment, at }: LastRollback, now: number, style: Style): string =>
  `${style.warn('automatic rollback')}  ${deployment} ${style.dim(showAgo(now - at))}; no other comes by itself until somebody deploys or rolls back`;
