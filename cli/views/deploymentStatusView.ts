import type { DeploymentStatus } from '../queries/deploymentStatus';
import { showAgo, showDuration } from '../terminal/duration';
import type { FreezeStatus } from '../queries/freezeStatus';
import type { ReleaseStatus, LastRollback } from '../queries/releaseStatus';
import { showInstant } from '../terminal/instant';
import { columns, type Style } from '../terminal/style';
import { outcomeText } from './outcomeView';

/** Where it is now, or that it was stopped and is repaired. */
const progressText = ({ step, progress, stopped }: DeploymentStatus, style: Style): string => {
  if (stopped !== undefined)
    return style.warn(`stopped, ${stopped === 'being mended' ? 'being repaired' : 'to be repaired'}`);
  return style.accent([step ?? 'starting', progress].filter((part) => part !== undefined).join(', '));
};

/** How long the step has run, and when the deployment began. */
const ageText = (now: number, acceptedAt: number, stepSince: number | undefined): string =>
  stepSince === undefined
    ? `for ${showDuration(now - acceptedAt)}`
    : `for ${showDuration(now - stepSince)}, started ${showAgo(now - acceptedAt)}`;

/** What keeps the step that runs. */
export const keptLines = ({ keptBy, stalledSince }: DeploymentStatus, style: Style): string[] => {
  const why = keptBy === undefined ? '' : `: ${keptBy}`;
  if (stalledSince !== undefined)
    return [style.warn(`stands still since ${showInstant(stalledSince)}${why}`)];
  return keptBy === undefined ? [] : [`waits for: ${keptBy}`];
};

/** One line: the version, where it is or how it ended, how long that took. */
export const statusText = (status: DeploymentStatus, now: number, style: Style): string => {
  const { kind, version, release, outcome, acceptedAt, closedAt = now, error, stepSince } = status;
  const subject = kind === 'rollback' ? `rollback to ${release ?? version}` : version;
  if (outcome === undefined)
    return `${subject}  ${progressText(status, style)}  ${style.dim(ageText(now, acceptedAt, status.stopped === undefined ? stepSince : undefined))}`;
  const ended = outcomeText({ kind, outcome, failed: error !== undefined }, style);
  const times = `${showAgo(now - closedAt)}, took ${showDuration(closedAt - acceptedAt)}`;
  return `${subject}  ${ended}  ${style.dim(times)}`;
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

/** Up to this many problems are shown; the record holds all. */
const maxProblems = 3;
const firstLine = (text: string): string => text.split('\n')[0] ?? '';

const problemLines = ({ problems = [] }: DeploymentStatus): string[] => [
  ...problems.slice(0, maxProblems).map(firstLine),
  ...(problems.length > maxProblems ? [`and ${String(problems.length - maxProblems)} more`] : []),
];

/** The lines below it: who asked, what is wrong, and the commands that go on from there. */
export const deploymentStatusLines = (status: DeploymentStatus, style: Style): string[] => {
  const { halted, handedTo, warnings = [], approveWith, resumeWith, resumeUntil } = status;
  const { left = [], foreign = [], next = [] } = status;
  const until = resumeUntil === undefined ? '' : ` until ${showInstant(resumeUntil)}`;
  return [
    style.dim(askedLine(status)),
    ...keptLines(status, style),
    ...(halted ? [style.warn(`halted by ${halted.by}: ${halted.reason}`)] : []),
    ...problemLines(status),
    ...warnings.slice(0, maxProblems).map((warning) => style.warn(firstLine(warning))),
    ...(status.besides ?? []),
    ...(handedTo === undefined ? [] : [`its rollout is undone by ${handedTo}`]),
    // A step that waits usually names the command in its progress already.
    ...(approveWith === undefined || status.progress?.includes(approveWith) === true
      ? []
      : [`to go on: ${style.bold(approveWith)}`]),
    ...left.flatMap(({ target, note, mend }) => [
      style.bad(`left: ${target}: ${note}`),
      ...(mend === undefined ? [] : [`repair it with: ${mend}`]),
    ]),
    ...foreign.map(({ target, note }) => `changed by somebody else, and left so: ${target}: ${note}`),
    ...next.map(({ what, command }) => `next, ${what}: ${style.bold(command)}`),
    ...(resumeWith === undefined ? [] : [`its image is kept${until}: ${style.bold(resumeWith)}`]),
  ];
};

export const freezeLine = ({ by, what, until, liftWith }: FreezeStatus, style: Style): string => {
  const end = until === undefined ? 'until it is lifted' : `until ${showInstant(until)}`;
  return `${style.warn(end)}, by ${by}: ${what}${liftWith === undefined ? '' : style.dim(`  ${liftWith}`)}`;
};

/**
 * The mark that an alarm leaves on a release. It holds the time of the alarm: `markedAt` is still the time at which the
 * deployment marked the release good.
 */
const alarmMark = /^(alarm .+) (\d{4}-\d{2}-\d{2}T\S+Z)$/;

const markText = ({ deployment, madeAt, markedAt, markedBy }: ReleaseStatus, now: number): string => {
  const made = showAgo(now - madeAt);
  const [, alarm, rangAt] = alarmMark.exec(markedBy) ?? [];
  if (alarm !== undefined && rangAt !== undefined)
    return `${made}, marked ${showAgo(now - Date.parse(rangAt))} by ${alarm}`;
  return markedBy === deployment ? made : `${made}, marked ${showAgo(now - markedAt)} by ${markedBy}`;
};

export const releaseLines = (releases: readonly ReleaseStatus[], now: number, style: Style): string[] =>
  columns(
    releases.map((release) => [
      release.name,
      release.state === 'good' ? style.good(release.state) : style.bad(release.state),
      style.dim(
        `${markText(release, now)}${release.baseline === true ? ', baseline: what ran before the first deployment' : ''}`,
      ),
    ]),
  );

/** Shown until a person acts, however it ended: an automatic rollback prevents further ones. */
export const rolledBackLine = ({ deployment, at }: LastRollback, now: number, style: Style): string =>
  `${style.warn('automatic rollback')}  ${deployment} ${style.dim(showAgo(now - at))}; no other comes by itself until somebody deploys or rolls back`;
