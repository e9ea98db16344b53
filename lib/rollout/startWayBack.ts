import type { AutoScalingClient, RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import type { LaunchTemplateRef } from '../engine/record';
import type { Group } from '../fleet/group';
import { launchSource, withPolicy } from './launchSource';
import { refreshEffect } from './refreshEffect';
import { findRefreshes, startRefresh } from './refreshes';

interface WayBack {
  /** As it is now. */
  readonly group: Group;
  /** The effect's. */
  readonly target: string;
  readonly template: LaunchTemplateRef;
  /** Somebody else gave the group another template meanwhile: it stays, and so the group's own is launched. */
  readonly foreignTemplate?: boolean;
  readonly preferences: RefreshPreferences;
  /** A refresh to the same version that is known to be another. */
  readonly except?: string | undefined;
}

/**
 * Starts a refresh to a launch template version that the fleet has run before. Where this was tried before, the refresh
 * that was started then is adopted.
 * @returns its id.
 */
export const startWayBack = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { group, target, template, foreignTemplate = false, preferences, except }: WayBack,
): Promise<string> => {
  const name = context.record.group;
  // Without a template of its own, a refresh of ours is known by its time only.
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
