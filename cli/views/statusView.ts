import {
  deploymentStatusLines,
  statusText,
  freezeLine,
  releaseLines,
  rolledBackLine,
} from './deploymentStatusView';
import { showInstant } from '../terminal/instant';
import { showAgo } from '../terminal/duration';
import type { Drift } from '../../lib/drift/findings';
import type { InstanceStatus } from '../queries/instances';
import type { Status } from '../queries/status';
import { refusedTagLines } from './refusedTagsView';
import { wayBackText } from '../../lib/rollback/wayBack';
import { switchRows } from './switchesView';
import { deployedText, isPartly } from '../../lib/reporting/deployedText';
import { columns, type Style } from '../terminal/style';

const countBy = (list: readonly string[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
};

const versionName = ({ version }: InstanceStatus): string => version ?? 'no version';

/** `, 1 still Pending`: launched from a version, but not serving it yet. */
const pendingText = (instances: readonly InstanceStatus[]): string => {
  const pending = instances.filter(({ lifecycle }) => lifecycle.startsWith('Pending')).length;
  return pending === 0 ? '' : `, ${String(pending)} still Pending`;
};

/**
 * `v2 on 18, v1 on 2 of 20`, and how many of them do not serve yet. Instances that are being terminated are on their way
 * out, and run no version of the fleet.
 */
export const versionsText = (all: readonly InstanceStatus[]): string => {
  const instances = all.filter(({ lifecycle }) => !lifecycle.startsWith('Terminat'));
  const versions = countBy(instances.map(versionName)).sort(([, a], [, b]) => b - a);
  if (versions.length === 0) return 'no instances';
  return `${versions.map(([version, count]) => `${version} on ${String(count)}`).join(', ')} of ${String(instances.length)}${pendingText(instances)}`;
};

const paintOf = (instance: InstanceStatus, style: Style) => ({
  lifecycle: instance.lifecycle === 'InService' ? instance.lifecycle : style.warn(instance.lifecycle),
  target:
    instance.target === undefined || instance.target === 'healthy'
      ? style.good(instance.target ?? '')
      : instance.target === 'unhealthy'
        ? style.bad(instance.target)
        : style.warn(instance.target),
});

/** What AWS says of an instance that is not well. */
const troubleText = ({ targetReason, agent }: InstanceStatus): string =>
  [targetReason ?? [], agent === undefined ? [] : `SSM agent ${agent}`].flat().join('; ');

/** The last sentence of AWS's cause, without its time: the others tell what came before. */
const causeText = (cause: string): string =>
  cause.replace(/^.*At \d{4}-\d\d-\d\dT[\d:]+Z /s, '').replace(/\.$/, '');

const activityText = (
  { at, status, description, cause, statusMessage }: Status['activities'][number],
  now: number,
  style: Style,
): string => {
  const told = statusMessage ?? (cause === undefined ? undefined : causeText(cause));
  return [
    style.dim(`${showAgo(now - at)}:`),
    ...(status === 'Successful' ? [] : [style.warn(status)]),
    told === undefined || told === '' ? description : `${description}:`,
    ...(told === undefined || told === '' ? [] : [style.dim(told)]),
  ].join(' ');
};

const instanceRows = (instances: readonly InstanceStatus[], style: Style): string[] =>
  columns(
    [...instances]
      .sort((a, b) => (a.zone + a.id < b.zone + b.id ? -1 : 1))
      .map((instance) => {
        const { lifecycle, target } = paintOf(instance, style);
        return [
          instance.id,
          style.dim(instance.zone),
          lifecycle,
          target,
          versionName(instance),
          instance.protected ? style.dim('protected') : '',
          style.warn(troubleText(instance)),
        ];
      }),
  );

const branch = (title: string, lines: readonly string[], last: boolean, style: Style): string[] => [
  `${style.dim(last ? '└─' : '├─')} ${title}`,
  ...lines.map(
    (line, index) =>
      `${style.dim(`${last ? ' ' : '│'}  ${index === lines.length - 1 ? '└─' : '├─'}`)} ${line}`,
  ),
];

const sizesText = ({ desired, min, max, instances }: Status): string => {
  const inService = instances.filter(({ lifecycle }) => lifecycle === 'InService').length;
  return `${String(inService)} in service, ${String(desired)} desired (${String(min)} to ${String(max)})`;
};

interface Branch {
  readonly title: string;
  readonly lines: readonly string[];
}

const groupBranch = (status: Status, style: Style): Branch => {
  const zones = countBy(status.instances.map(({ zone }) => zone)).map(
    ([zone, count]) => `${zone} ${String(count)}`,
  );
  return {
    title: `group  ${style.bold(status.group)}`,
    lines: [
      sizesText(status),
      ...(zones.length > 0 ? [zones.join(', ')] : []),
      ...(status.launchTemplate ? [`launch template ${status.launchTemplate}`] : []),
      ...(status.suspended.length > 0 ? [style.warn(`suspended: ${status.suspended.join(', ')}`)] : []),
    ],
  };
};

const deploymentBranches = (
  { deployment, before, waiting, rolledBack }: Status,
  now: number,
  style: Style,
): Branch[] => [
  ...(deployment ? [] : [{ title: `deployment  ${style.dim('none yet')}`, lines: [] }]),
  ...[
    ...(deployment ? [{ name: 'deployment', one: deployment }] : []),
    ...waiting.map((one) => ({ name: 'beside it', one })),
    ...(before ? [{ name: 'before it', one: before }] : []),
  ].map(({ name, one }) => ({
    title: `${name}  ${statusText(one, now, style)}`,
    lines: deploymentStatusLines(one, style),
  })),
  ...(rolledBack?.automatic === true ? [{ title: rolledBackLine(rolledBack, now, style), lines: [] }] : []),
];

const alarmText = ({ name, state, gates }: Status['alarms'][number], style: Style): string => {
  const shown = state === 'OK' ? style.good(state) : state === 'ALARM' ? style.bad(state) : style.warn(state);
  return `${name}  ${shown}${gates ? style.dim('  gates releases') : ''}`;
};

/** Up to this many instances are named; the tree lists all of them further below. */
const maxNamed = 5;

const driftLines = ({ release, instances, settings }: Drift): string[] => {
  const named = instances.slice(0, maxNamed).join(', ');
  const more = instances.length > maxNamed ? `, and ${String(instances.length - maxNamed)} more` : '';
  return [
    ...(instances.length > 0
      ? [`${String(instances.length)} not on ${release ?? 'the release'}: ${named}${more}`]
      : []),
    ...settings,
  ];
};

/** When each was seen, who it was, and how it is put back. */
const noteLines = (notes: NonNullable<Status['driftNotes']>, style: Style): string[] => {
  const waiting = notes.filter(({ pending }) => pending).length;
  const others = notes.filter(({ pending }) => !pending);
  return [
    ...others.flatMap(({ seenAt, who, mend }) => [
      ...(seenAt === undefined
        ? []
        : [style.dim(`seen ${showInstant(seenAt)}${who === undefined ? '' : `: ${who}`}`)]),
      `${style.dim('put back:')} ${mend}`,
    ]),
    ...(waiting === 0
      ? []
      : [
          style.dim(
            `${waiting === notes.length ? (waiting === 1 ? 'that waits' : 'all of it waits') : `${String(waiting)} of it wait`} for the next deployment`,
          ),
        ]),
  ];
};

const driftBranches = ({ drift, driftNotes = [] }: Status, style: Style): Branch[] => {
  const lines = drift ? [...driftLines(drift), ...noteLines(driftNotes, style)] : [];
  return lines.length > 0 ? [{ title: style.warn('drift'), lines }] : [];
};

const freezeBranches = ({ frozen, nextFreeze }: Status, style: Style): Branch[] => {
  const next = nextFreeze ? [`${style.dim('next')} ${showInstant(nextFreeze.at)}: ${nextFreeze.what}`] : [];
  if (frozen.length > 0)
    return [
      { title: style.warn('frozen'), lines: [...frozen.map((freeze) => freezeLine(freeze, style)), ...next] },
    ];
  return next.length > 0 ? [{ title: 'not frozen', lines: next }] : [];
};

const refusedBranches = ({ refused = [], application }: Status, style: Style): Branch[] =>
  refused.length === 0
    ? []
    : [
        {
          title: style.warn('tags that were not deployed'),
          lines: [
            ...refusedTagLines(refused, style),
            style.dim(`all of them: forseti history ${application} --refused`),
          ],
        },
      ];

const switchBranches = ({ switches = [] }: Status, now: number, style: Style): Branch[] =>
  switches.length === 0
    ? []
    : [{ title: style.warn('turned on'), lines: columns(switchRows(switches, now, style)) }];

const knownBranches = (status: Status, now: number, style: Style): Branch[] => {
  const { alarms, releases } = status;
  return [
    ...driftBranches(status, style),
    ...refusedBranches(status, style),
    ...freezeBranches(status, style),
    ...switchBranches(status, now, style),
    ...(alarms.length > 0
      ? [{ title: 'alarms', lines: alarms.map((alarm) => alarmText(alarm, style)) }]
      : []),
    ...wayBackBranches(status, style),
    ...releaseBranches(releases, now, style),
  ];
};

const wayBackBranches = ({ wayBack }: Status, style: Style): Branch[] => {
  if (!wayBack) return [];
  const { problems, passedOver, release } = wayBack;
  const lines = [...passedOver, ...(release || wayBack.none !== undefined ? problems : problems.slice(1))];
  const title = release ? wayBackText(wayBack) : style.warn(`none: ${wayBackText(wayBack)}`);
  return [{ title: `way back  ${title}`, lines: lines.map((line) => style.bad(line)) }];
};

const releaseBranches = (releases: Status['releases'], now: number, style: Style): Branch[] => [
  ...(releases.length > 0 ? [{ title: 'releases', lines: releaseLines(releases, now, style) }] : []),
];

/** Where only new instances get the release, the header says so: nothing is wrong with the others. */
const currentText = ({ current }: Status): string =>
  current?.newInstancesOnly === true && isPartly(current)
    ? `; ${deployedText(current.release, current)}`
    : '';

export const statusTree = (status: Status, now: number, style: Style): string[] => {
  const activities = status.activities.map((activity) => activityText(activity, now, style));
  const branches = [
    ...deploymentBranches(status, now, style),
    ...knownBranches(status, now, style),
    groupBranch(status, style),
    {
      title: `instances  ${String(status.instances.length)}`,
      lines: instanceRows(status.instances, style),
    },
    {
      title: `latest activities${activities.length === 0 ? `  ${style.dim('none')}` : ''}`,
      lines: activities,
    },
  ];
  return [
    `${style.bold(status.application)}  ${versionsText(status.instances)}${currentText(status)}`,
    ...branches.flatMap(({ title, lines }, index) =>
      branch(title, lines, index === branches.length - 1, style),
    ),
  ];
};

/** One instance a line, fields separated by tabs: for cut, grep and awk. */
export const statusPlain = (status: Status): string[] =>
  status.instances.map((instance) =>
    [
      status.application,
      instance.id,
      instance.zone,
      instance.lifecycle,
      instance.target ?? '-',
      instance.version ?? '-',
    ].join('\t'),
  );
