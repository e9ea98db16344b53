import type { Effect, EffectKind } from '../effects';
import type { DeploymentRecord, LaunchTemplateRef } from '../record';

type Mend = (effect: Effect, group: string, record: Pick<DeploymentRecord, 'baseline'>) => string;

/** One argument for a shell. */
const quoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[A-Za-z0-9_./:=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
};

const onGroup = (command: string, group: string, ...more: string[]): string =>
  ['aws autoscaling', command, '--auto-scaling-group-name', quoted(group), ...more].join(' ');

const template = (ref: unknown): string => {
  const { id = 'ID', version = 'VERSION' } = (ref ?? {}) as Partial<LaunchTemplateRef>;
  return `LaunchTemplateId=${id},Version=${version}`;
};

const resultOf = (effect: Effect): Readonly<Record<string, string | undefined>> =>
  (effect.result ?? effect.wrote ?? {}) as Record<string, string | undefined>;

type InstanceTags = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

/** One command for all instances that had the same. */
const tagCommands = (before: InstanceTags): string[] => {
  const alike = new Map<string, string[]>();
  for (const [id, tags] of Object.entries(before))
    for (const [tag, value] of Object.entries(tags)) {
      const command = value === null ? 'delete-tags' : 'create-tags';
      const key = `${command} ${quoted(value === null ? `Key=${tag}` : `Key=${tag},Value=${value}`)}`;
      alike.set(key, [...(alike.get(key) ?? []), id]);
    }
  return [...alike].map(([key, ids]) => {
    const [command = '', ...tag] = key.split(' ');
    return `aws ec2 ${command} --resources ${ids.join(' ')} --tags ${tag.join(' ')}`;
  });
};

const byKind: Readonly<Record<EffectKind, Mend>> = {
  processes: ({ wrote }, group) =>
    onGroup('resume-processes', group, '--scaling-processes', ...(wrote as string[])),
  'instance-tags': ({ before }) => tagCommands((before ?? {}) as InstanceTags).join(' && '),
  command: (effect) => `aws ssm cancel-command --command-id ${resultOf(effect)['commandId'] ?? 'ID'}`,
  standby: ({ target }, group) => onGroup('exit-standby', group, '--instance-ids', target),
  'group-size': ({ target, before }, group) =>
    onGroup(
      'update-auto-scaling-group',
      group,
      target.endsWith('MinSize') ? '--min-size' : '--max-size',
      String(before),
    ),
  'group-launch-template': ({ before }, group) =>
    onGroup('update-auto-scaling-group', group, '--launch-template', template(before)),
  protection: ({ target }, group) =>
    onGroup('set-instance-protection', group, '--instance-ids', target, '--no-protected-from-scale-in'),
  image: (effect) =>
    `aws ec2 deregister-image --image-id ${resultOf(effect)['imageId'] ?? 'ID'} --delete-associated-snapshots`,
  'launch-template-version': (effect) =>
    `aws ec2 delete-launch-template-versions --launch-template-id ${effect.target} --versions ${resultOf(effect)['version'] ?? 'VERSION'}`,
  'scaling-policy': ({ target, before }, group) =>
    before === null
      ? onGroup('delete-policy', group, '--policy-name', target)
      : `aws autoscaling put-scaling-policy --cli-input-json ${quoted({ AutoScalingGroupName: group, PolicyName: target, ...(before as object) })}`,
  alarm: ({ target, before }) =>
    before === null
      ? `aws cloudwatch delete-alarms --alarm-names ${target}`
      : `aws cloudwatch put-metric-alarm --cli-input-json ${quoted({ AlarmName: target, ...(before as object) })}`,
  refresh: (_, group, { baseline }) =>
    onGroup(
      'start-instance-refresh',
      group,
      '--desired-configuration',
      quoted({
        LaunchTemplate: {
          LaunchTemplateId: baseline?.launchTemplate.id,
          Version: baseline?.launchTemplate.version,
        },
      }),
      '--preferences',
      quoted({ SkipMatching: false }),
    ),
  builder: (effect) => `aws ec2 terminate-instances --instance-ids ${resultOf(effect)['instanceId'] ?? 'ID'}`,
};

/** The command with which a person puts back what the deployment could not. */
export const mendOf = (effect: Effect, record: Pick<DeploymentRecord, 'group' | 'baseline'>): string =>
  byKind[effect.kind](effect, record.group, record);
