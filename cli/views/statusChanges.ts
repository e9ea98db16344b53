import { keptLines, statusText } from './deploymentStatusView';
import type { DeploymentStatus } from '../queries/deploymentStatus';
import type { Drift } from '../../lib/drift/findings';
import type { Status } from '../queries/status';
import { versionsText } from './statusView';
import { type Style, styleOf } from '../terminal/style';

/** What a log tells of one subject. The key decides whether it has changed, since the text may hold times. */
interface Fact {
  readonly text: string;
  readonly key?: string;
}

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' ');

const statusFact = (status: DeploymentStatus, now: number): [string, Fact] => {
  const { kind, deployment, outcome, step, progress, stopped, keptBy, stalledSince } = status;
  const stalled = stalledSince === undefined ? undefined : 'stalled';
  const key = joined([outcome, step, progress, stopped, keptBy, stalled]);
  return [
    `${kind} ${deployment}`,
    { text: joined([statusText(status, now, styleOf(false)), ...keptLines(status, styleOf(false))]), key },
  ];
};

const driftText = ({ instances, settings }: Drift): string =>
  [...(instances.length > 0 ? [`${String(instances.length)} not on the release`] : []), ...settings].join(
    '; ',
  ) || 'none';

const fleetFacts = ({ instances, desired, min, max, suspended, frozen, drift }: Status): [string, Fact][] => {
  const inService = instances.filter(({ lifecycle }) => lifecycle === 'InService').length;
  const sizes = `${String(inService)} in service, ${String(desired)} desired (${String(min)} to ${String(max)})`;
  return [
    ['group', { text: sizes }],
    ['versions', { text: versionsText(instances) }],
    ['suspended', { text: suspended.join(', ') || 'nothing' }],
    ['frozen', { text: frozen.map(({ by, what }) => `by ${by}: ${what}`).join('; ') || 'no' }],
    ...(drift ? [['drift', { text: driftText(drift) }] satisfies [string, Fact]] : []),
  ];
};

/** Subjects that are many begin so; they are told only when they change. */
const single = 'instance ';

const factsOf = (status: Status, now: number): ReadonlyMap<string, Fact> => {
  const { deployment, before, waiting, alarms, instances } = status;
  const statuses = [...(deployment ? [deployment] : []), ...waiting, ...(before ? [before] : [])];
  return new Map([
    ...statuses.map((one) => statusFact(one, now)),
    ...fleetFacts(status),
    ...alarms.map(({ name, state }): [string, Fact] => [`alarm ${name}`, { text: state }]),
    ...instances.map(({ id, lifecycle, target, version, targetReason, agent }): [string, Fact] => [
      `${single}${id}`,
      { text: joined([lifecycle, target, version, targetReason, agent]) },
    ]),
  ]);
};

const keyOf = (fact: Fact | undefined): string | undefined => fact?.key ?? fact?.text;

/**
 * The lines of a log, for output that is no terminal: one for each subject that has changed since the poll before. The first
 * time, all subjects but the single instances.
 */
export const statusChanges = (
  before: Status | undefined,
  after: Status,
  now: number,
  style: Style,
): string[] => {
  const was = before && factsOf(before, now);
  const is = factsOf(after, now);
  const at = style.dim(new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z'));
  const changed = [...is].filter(([subject, fact]) =>
    was ? keyOf(was.get(subject)) !== keyOf(fact) : !subject.startsWith(single),
  );
  const gone = [...(was?.keys() ?? [])].filter((subject) => subject.startsWith(single) && !is.has(subject));
  return [
    ...changed.map(([subject, { text }]) => `${at}  ${subject}  ${text}`),
    ...gone.map((subject) => `${at}  ${subject}  gone`),
  ];
};
