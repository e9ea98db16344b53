import type { AutoScalingClient, RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { LaunchTemplateRef } from '../engine/record';
import type { Group } from '../fleet/group';
import { launchSource, withPolicy } from './launchSource';
import { refreshEffect } from './refreshEffect';
import { findRefreshes, startRefresh } from './refreshes';

interface WayBack {
  /** The group as it is now. */
  readonly group: Group;
  /** The target of the effect. */
  readonly target: string;
  readonly template: LaunchTemplateRef;
  /** The group's launch template was changed externally: it stays, and so the refresh launches from it. */
  readonly foreignTemplate?: boolean;
  readonly preferences: RefreshPreferences;
  /** The id of a refresh to the same version that is known not to be this one. */
  readonly except?: string | undefined;
}

/**
 * Starts a refresh to a launch template version that the fleet has run before. If the call was tried before, the
 * refresh that it started is adopted.
 * @returns its id.
 */
export const startWayBack = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { group, target, template, foreignTemplate = false, preferences, except }: WayBack,
): Promise<string> => {
  const name = context.record.group;
  // A refresh without a template of its own is recognised by its time only.
  const wanted = foreignTemplate ? 'any' : template;
  const { refreshId } = await context.change(
    refreshEffect,
    { target, before: null, wrote: withPolicy(template, group) },
    async ({ intendedAt }, again) => {
      const { ours } = again
        ? await findRefreshes(autoScaling, name, wanted, intendedAt)
        : { ours: undefined };
      if (ours && ours.InstanceRefreshId !== except) return { refreshId: ours.InstanceRefreshId ?? '' };
      const refreshId = await startRefresh(
        autoScaling,
        {
          AutoScalingGroupName: name,
          Strategy: 'Rolling',
          ...(!foreignTemplate && { DesiredConfiguration: launchSource(group, template) }),
          Preferences: preferences,
        },
        { template: wanted, since: intendedAt },
      );
      return { refreshId };
    },
  );
  return refreshId;
};
