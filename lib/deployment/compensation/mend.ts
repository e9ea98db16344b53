import type { MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';
import { retirementOf } from '../../image/retireStandby';
import type { MadeImage } from '../../image/images';
import { launchSource } from '../../rollout/launchSource';
import { preferencesBack } from '../../rollout/preferences';
import { policyOf } from '../../scaling/wanted';
import type { Effect, EffectKind } from '../../engine/effects';
import type { DeploymentRecord, LaunchTemplateRef } from '../../engine/record';

type Mended = Pick<DeploymentRecord, 'group' | 'baseline' | 'settings' | 'execution'>;

/** Where a command has to run: the fleet's group and region. */
interface Place {
  readonly group: string;
  readonly region: string;
}

type Mend = (effect: Effect, place: Place, record: Mended) => string;

/** One argument for a shell. */
const quoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[A-Za-z0-9_./:=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
};

/** @param command service, command and arguments, quoted. */
const aws = ({ region }: Pick<Place, 'region'>, ...command: readonly string[]): string =>
  ['aws', ...command, '--region', region].join(' ');

const onGroup = (command: string, place: Place, ...more: readonly string[]): string =>
  aws(place, 'autoscaling', command, '--auto-scaling-group-name', quoted(place.group), ...more);

/** What a shell puts in the place of a query's answer. */
const answerOf = (query: string, place: Place, ...command: readonly string[]): string =>
  `$(${aws(place, ...command, '--query', quoted(query), '--output', 'text')})`;

/** A launch template version, and the mixed instances policy of the group that it belongs into. */
type Source = LaunchTemplateRef & { readonly mixed?: MixedInstancesPolicy };

const sourceOf = (source: Source | null | undefined, mixed: MixedInstancesPolicy | undefined) =>
  launchSource({ mixed }, { id: source?.id ?? 'ID', version: source?.version ?? 'VERSION' });

const mixedOf = (...sources: unknown[]): MixedInstancesPolicy | undefined =>
  sources.map((source) => (source as Source | null | undefined)?.mixed).find((mixed) => mixed !== undefined);

const resultOf = (effect: Effect): Readonly<Record<string, string | undefined>> =>
  (effect.result ?? effect.wrote ?? {}) as Record<string, string | undefined>;

type InstanceTags = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

/** One command for all instances that had the same. */
const tagCommands = (before: InstanceTags, place: Place): string[] => {
  const alike = new Map<string, { command: string; tag: string; ids: string[] }>();
  for (const [id, tags] of Object.entries(before))
    for (const [name, value] of Object.entries(tags)) {
      const command = value === null ? 'delete-tags' : 'create-tags';
      const tag = quoted(value === null ? `Key=${name}` : `Key=${name},Value=${value}`);
      const same = alike.get(`${command} ${tag}`) ?? { command, tag, ids: [] };
      same.ids.push(id);
      alike.set(`${command} ${tag}`, same);
    }
  return [...alike.values()].map(({ command, tag, ids }) =>
    aws(place, 'ec2', command, '--resources', ...ids, '--tags', tag),
  );
};

/**
 * The instance may be sealed, or run what failed: it must not serve again, so it does not leave standby. Its place, which
 * was taken off the desired capacity, is given back by number.
 */
const standby: Mend = (effect, place) => {
  const retirement = retirementOf(effect);
  const now = answerOf(
    'AutoScalingGroups[0].DesiredCapacity',
    place,
    'autoscaling',
    'describe-auto-scaling-groups',
    '--auto-scaling-group-names',
    quoted(place.group),
  );
  const capacity = retirement ? String(retirement.from + 1) : `"$((${now} + 1))"`;
  const terminate = aws(
    place,
    'autoscaling',
    'terminate-instance-in-auto-scaling-group',
    '--instance-id',
    effect.target,
    '--no-should-decrement-desired-capacity',
  );
  return retirement?.raise === false
    ? terminate
    : `${terminate} && ${onGroup('set-desired-capacity', place, '--desired-capacity', capacity)}`;
};

/** The policies that an alarm starts are kept by name: the one that is put back may have another ARN. */
const alarm: Mend = ({ target, before }, place) => {
  if (before === null) return aws(place, 'cloudwatch', 'delete-alarms', '--alarm-names', quoted(target));
  const { AlarmActions: actions = [], ...definition } = before as { AlarmActions?: readonly string[] };
  const arns = actions.map((action) => {
    const policy = policyOf(action);
    if (policy === undefined) return quoted(action);
    const named = ['--auto-scaling-group-name', quoted(place.group), '--policy-names', quoted(policy)];
    return `"${answerOf('ScalingPolicies[0].PolicyARN', place, 'autoscaling', 'describe-policies', ...named)}"`;
  });
  return aws(
    place,
    'cloudwatch',
    'put-metric-alarm',
    '--cli-input-json',
    quoted({ AlarmName: target, ...definition }),
    ...(arns.length > 0 ? ['--alarm-actions', ...arns] : []),
  );
};

const image: Mend = (effect, place) => {
  const [, named] = effect.target.split(' ');
  const made = effect.result as Partial<MadeImage> | undefined;
  const region = made?.region ?? named ?? place.region;
  const id = made?.imageId ?? 'ID';
  return aws({ region }, 'ec2', 'deregister-image', '--image-id', id, '--delete-associated-snapshots');
};

const byKind: Readonly<Record<EffectKind, Mend>> = {
  processes: ({ wrote }, place) =>
    onGroup('resume-processes', place, '--scaling-processes', ...(wrote as string[])),
  'instance-tags': ({ before }, place) => tagCommands((before ?? {}) as InstanceTags, place).join(' && '),
  command: (effect, place) =>
    aws(place, 'ssm', 'cancel-command', '--command-id', resultOf(effect)['commandId'] ?? 'ID'),
  standby,
  'group-size': ({ target, before }, place) =>
    onGroup(
      'update-auto-scaling-group',
      place,
      target.endsWith('MinSize') ? '--min-size' : '--max-size',
      String(before),
    ),
  'group-launch-template': ({ before, wrote }, place) =>
    aws(
      place,
      'autoscaling',
      'update-auto-scaling-group',
      '--cli-input-json',
      quoted({
        AutoScalingGroupName: place.group,
        ...sourceOf(before as Source | null, mixedOf(before, wrote)),
      }),
    ),
  protection: ({ target }, place) =>
    onGroup('set-instance-protection', place, '--instance-ids', target, '--no-protected-from-scale-in'),
  image,
  'launch-template-version': (effect, place) =>
    aws(
      place,
      'ec2',
      'delete-launch-template-versions',
      '--launch-template-id',
      effect.target,
      '--versions',
      resultOf(effect)['version'] ?? 'VERSION',
    ),
  'scaling-policy': ({ target, before }, place) =>
    before === null
      ? onGroup('delete-policy', place, '--policy-name', quoted(target))
      : aws(
          place,
          'autoscaling',
          'put-scaling-policy',
          '--cli-input-json',
          quoted({ AutoScalingGroupName: place.group, PolicyName: target, ...(before as object) }),
        ),
  alarm,
  refresh: ({ wrote }, place, { baseline, settings }) =>
    onGroup(
      'start-instance-refresh',
      place,
      '--desired-configuration',
      quoted(sourceOf(baseline?.launchTemplate, mixedOf(wrote))),
      '--preferences',
      // All are replaced, whatever their template says, within the health limits of every rollout.
      quoted(preferencesBack(settings.rollout, { skipMatching: false })),
    ),
  builder: (effect, place) =>
    aws(place, 'ec2', 'terminate-instances', '--instance-ids', resultOf(effect)['instanceId'] ?? 'ID'),
};

/** The command with which a person puts back what the deployment could not. */
export const repairCommandOf = (effect: Effect, record: Mended): string => {
  // arn:PARTITION:states:REGION:ACCOUNT:execution:MACHINE:NAME
  const region = record.execution.split(':')[3] ?? 'REGION';
  return byKind[effect.kind](effect, { group: record.group, region }, record);
};
