import { showAgo, showDuration } from './duration';
import type { InstanceStatus, Status } from './status';
import { columns, type Style } from './style';

const countBy = (list: readonly string[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
};

const versionName = ({ version }: InstanceStatus): string => version ?? 'no version';

/** `v2 on 18, v1 on 2 instances`. */
export const versionsText = (instances: readonly InstanceStatus[]): string => {
  const versions = countBy(instances.map(versionName)).sort(([, a], [, b]) => b - a);
  if (versions.length === 0) return 'no instances';
  return `${versions.map(([version, count]) => `${version} on ${String(count)}`).join(', ')} of ${String(instances.length)}`;
};

const deploymentText = (status: Status, now: number, style: Style): string => {
  const { deployment } = status;
  if (!deployment) return style.dim('none yet');
  const { version, outcome, acceptedAt, closedAt = now, step, progress } = deployment;
  if (outcome !== undefined) {
    const paint = outcome === 'Deployed' ? style.good : style.warn;
    return `${version}  ${paint(outcome)}  ${style.dim(`${showAgo(now - closedAt)}, took ${showDuration(closedAt - acceptedAt)}`)}`;
  }
  const where = [step ?? 'starting', progress].filter((part) => part !== undefined).join(', ');
  return `${version}  ${style.accent(where)}  ${style.dim(`for ${showDuration(now - acceptedAt)}`)}`;
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

export const statusTree = (status: Status, now: number, style: Style): string[] => {
  const zones = countBy(status.instances.map(({ zone }) => zone)).map(
    ([zone, count]) => `${zone} ${String(count)}`,
  );
  const group = [
    sizesText(status),
    ...(zones.length > 0 ? [zones.join(', ')] : []),
    ...(status.launchTemplate ? [`launch template ${status.launchTemplate}`] : []),
    ...(status.suspended.length > 0 ? [style.warn(`suspended: ${status.suspended.join(', ')}`)] : []),
  ];
  const activities = status.activities.map(
    ({ at, status: state, description }) =>
      `${style.dim(`${showAgo(now - at)}:`)} ${state === 'Successful' ? '' : `${style.warn(state)} `}${description}`,
  );
  return [
    `${style.bold(status.application)}  ${versionsText(status.instances)}`,
    ...branch(`deployment  ${deploymentText(status, now, style)}`, [], false, style),
    ...branch(`group  ${style.bold(status.group)}`, group, false, style),
    ...branch(
      `instances  ${String(status.instances.length)}`,
      instanceRows(status.instances, style),
      false,
      style,
    ),
    ...branch(
      `latest activities${activities.length === 0 ? `  ${style.dim('none')}` : ''}`,
      activities,
      true,
      style,
    ),
  ];
};

/** One instance a line, fields apart by tabs: for cut, grep and awk. */
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
