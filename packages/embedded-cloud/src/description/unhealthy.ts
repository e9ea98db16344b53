import type { Region } from '../core/service';
import { ms } from './options';
import type { GroupDescription } from './schema';

/** Instances of a group that fail their checks, those that run already among them. */
export const addUnhealthy = (region: Region, group: string, { unhealthy }: GroupDescription): void => {
  const launchTemplate = region.service('autoscaling').state.groups[group]?.launch.launchTemplate?.id;
  const at = (delay: string) => region.now() + ms(delay);
  for (const { by, version, after, from, until, reason, description, check } of unhealthy)
    region.service('ec2').addAilment({
      by,
      group,
      ...(launchTemplate !== undefined && { launchTemplate }),
      afterMs: ms(after),
      ...(version !== undefined && { version }),
      ...(from !== undefined && { from: at(from) }),
      ...(until !== undefined && { until: at(until) }),
      ...(by === 'status' ? { check } : { reason, ...(description !== undefined && { description }) }),
    });
};
