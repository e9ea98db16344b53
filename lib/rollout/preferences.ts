import type { RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import type { ApplicationSettings } from '../application/schema';

/** If the settings require an approval, a first refresh ends at a part of the fleet, and a second one does the rest. */
export type Part = 'all' | 'first' | 'rest';

type RolloutSettings = ApplicationSettings['rollout'];

/**
 * The preferences of every refresh. Instances in standby were put there to be examined, and stay as they are:
 * `Terminate` would destroy them, `Wait` fails the refresh after an hour. Protection from scale-in is about scaling,
 * not about versions: protected instances are replaced too.
 */
const common = ({
  minHealthyPercentage,
  maxHealthyPercentage,
  instanceWarmupSeconds,
}: RolloutSettings): RefreshPreferences => ({
  // AWS allows the two to be at most 100 apart.
  MinHealthyPercentage: Math.max(minHealthyPercentage, maxHealthyPercentage - 100),
  MaxHealthyPercentage: maxHealthyPercentage,
  InstanceWarmup: instanceWarmupSeconds,
  ScaleInProtectedInstances: 'Refresh',
  StandbyInstances: 'Ignore',
});

/** A refresh ends at its last checkpoint: 100 has to be in the list (Auto Scaling API, RefreshPreferences). */
const upToAll = (percentages: readonly number[]): number[] =>
  [...new Set([...percentages, 100])].sort((a, b) => a - b);

/**
 * The rollout's own refresh. AWS watches the alarms and rolls back by itself; without alarms there is no bake time. The
 * first of two refreshes ends at its only checkpoint, as AWS ends a refresh at its last one; only the second one bakes.
 * @param alarms full names.
 */
export const rolloutPreferences = (
  settings: RolloutSettings,
  alarms: readonly string[],
  part: Part = 'all',
): RefreshPreferences => ({
  ...common(settings),
  // A refresh compares templates, not code: an instance that matches may run anything. After the first of two
  // refreshes, the instances that match were launched by that one.
  SkipMatching: part === 'rest',
  AutoRollback: true,
  ...(part === 'first' && settings.approval && { CheckpointPercentages: [settings.approval.percentage] }),
  ...(part === 'all' &&
    settings.checkpoints && {
      CheckpointPercentages: upToAll(settings.checkpoints.percentages),
      CheckpointDelay: settings.checkpoints.delaySeconds,
    }),
  ...(alarms.length > 0 && {
    AlarmSpecification: { Alarms: [...alarms] },
    BakeTime: part === 'first' ? 0 : settings.bakeMinutes * 60,
  }),
});

/**
 * A rollback, and the way back to the baseline: no alarms (they may be in ALARM, which is why it runs), no checkpoints,
 * no rollback of its own. In the fast lane all are launched at once before the old ones terminate, as far as the
 * group's maximum and the account's quota allow.
 * @param skipMatching false if instances were provisioned in place: their template does not say what they run.
 */
export const preferencesBack = (
  settings: RolloutSettings,
  { fast = false, skipMatching }: { readonly fast?: boolean; readonly skipMatching: boolean },
): RefreshPreferences => ({
  ...common(fast ? { ...settings, maxHealthyPercentage: 200 } : settings),
  SkipMatching: skipMatching,
});
