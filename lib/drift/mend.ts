import { aws, data, inTurn, json, recorded } from '../engine/repairCommand';
import type { Release } from '../engine/releases';
import type { Lack } from '../fleet/adoption';
import { launchSource } from '../rollout/launchSource';
import { alarmCommand } from '../scaling/alarmEffect';
import type { ScalingChange } from '../scaling/diff';
import { policyCommand } from '../scaling/policyEffect';
import type { DriftSubject } from './subject';

type Where = Pick<DriftSubject, 'application' | 'region' | 'group'>;

const placeOf = ({ region }: Where) => ({ region: recorded(region) });

/** The group launches from the release's launch template version again, with its mixed instances policy. */
export const templateMend = (where: Where, release: Release | undefined): string =>
  release
    ? aws(placeOf(where), 'autoscaling update-auto-scaling-group', {
        '--cli-input-json': json({
          AutoScalingGroupName: where.group.name,
          ...launchSource(where.group, release.launchTemplate),
        }),
      })
    : `forseti plan ${where.application}`;

export const scalingMend = (where: Where, { kind, name, wrote }: ScalingChange): string => {
  const common = { ...placeOf(where), group: recorded(where.group.name), name: recorded(name) };
  return kind === 'alarm'
    ? alarmCommand({ ...common, application: recorded(where.application) }, wrote)
    : policyCommand(common, wrote);
};

export const targetGroupsMend = (where: Where, wanted: readonly string[]): string => {
  const { name, targetGroupArns: attached } = where.group;
  const change = (verb: 'attach' | 'detach', arns: readonly string[]) =>
    arns.length === 0
      ? []
      : [
          aws(placeOf(where), `autoscaling ${verb}-load-balancer-target-groups`, {
            '--auto-scaling-group-name': data(recorded(name)),
            '--target-group-arns': arns.map((arn) => data(recorded(arn))),
          }),
        ];
  const [first, ...others] = [
    ...change(
      'attach',
      wanted.filter((arn) => !attached.includes(arn)),
    ),
    ...change(
      'detach',
      attached.filter((arn) => !wanted.includes(arn)),
    ),
  ];
  return first ? inTurn(first, ...others) : `forseti plan ${where.application}`;
};

export const ownerMend = ({ command }: Lack): string => command;

/** Each is replaced by one of the release, if the group launches from it; one at a time, the first failure stops. */
export const instancesMend = ({ application, region }: Where, ids: readonly string[]): string => {
  const replace = (id: string) => `forseti replace ${application} ${id} --reason drift --region ${region}`;
  const [first = '', ...others] = ids;
  return others.length === 0
    ? replace(first)
    : `for instance in ${ids.join(' ')}; do ${replace('"$instance"')} || break; done`;
};
