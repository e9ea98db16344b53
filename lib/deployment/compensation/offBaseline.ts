import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Group, Member } from '../../fleet/group';
import { isLaunchedFrom } from '../../fleet/launchedFrom';
import type { StepContext } from '../../engine/context';
import { type FleetClients, type FleetView, viewByRelease, viewUntouched } from '../../rollout/fleetView';
import { isAt } from '../../rollout/groupTemplateEffect';
import { membersByRelease } from '../../rollout/onRelease';
import type { Touched } from '../../provisioning/touched';

export interface Off {
  readonly isOff: boolean;
  /** Those that run anything else. */
  readonly members: readonly Member[];
  /** Set where only the old ones of this view are replaced, one for one, rather than by a refresh. */
  readonly singly?: FleetView;
  /** Some were launched from the baseline's template: a refresh that compares templates would skip them. */
  readonly inPlace: boolean;
}

/**
 * Which instances run anything else than the baseline. A rollback finds them by their tags, since it does not know what
 * was done to them. A deployment finds those that it changed itself.
 */
export const offBaseline = async (
  { record }: StepContext,
  touched: Touched,
  tools: FleetClients & { readonly ec2: EC2Client },
  group: Group,
): Promise<Off> => {
  const { baseline } = record;
  if (record.kind === 'rollback') {
    if (!baseline) return { isOff: false, members: [], inPlace: false };
    const marks = { version: baseline.version, launchTemplate: baseline.launchTemplate };
    const { on, off, changedInPlace } = await membersByRelease(tools.ec2, group, marks);
    const isOff = off.length > 0 || !isAt(group, baseline.launchTemplate);
    const singly = changedInPlace && on.size > 0 && isAt(group, baseline.launchTemplate);
    return {
      isOff,
      members: off,
      inPlace: changedInPlace,
      ...(singly && { singly: await viewByRelease(tools, record.group, marks) }),
    };
  }
  const view = await viewUntouched(tools, record, new Set(Object.keys(touched)));
  const { old, fresh } = view;
  const { launchTemplate } = record;
  const inPlace = old.some((member) => !launchTemplate || !isLaunchedFrom(member, launchTemplate));
  // A refresh compares templates: to replace what was changed in place it would replace what nobody touched, too.
  const singly = fresh.length > 0 && (inPlace || old.length <= fresh.length);
  return { isOff: old.length > 0, members: old, inPlace, ...(old.length > 0 && singly && { singly: view }) };
};
