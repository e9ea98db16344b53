/** What StartInstanceRefresh refuses (API Reference, `RefreshPreferences`). */
import type { RefreshPreferences, StartInstanceRefreshCommandInput } from '@aws-sdk/client-auto-scaling';
import type { Region } from '../../core/service';
import { invalid } from '../groups';
import type { Group, LaunchSource } from '../state';
import { alarmExists } from './alarms';
import { rollbackProblem } from './ending';

const maxAlarms = 10;
const maxBakeSeconds = 172_800;

const checkRange = (name: string, value: number | undefined, from: number, to: number): void => {
  if (value !== undefined && (value < from || value > to)) {
    throw invalid(`The request isn't valid. ${name} must be between ${from} and ${to}, but is ${value}.`);
  }
};

const checkHealthLimits = ({
  MinHealthyPercentage: min,
  MaxHealthyPercentage: max,
}: RefreshPreferences): void => {
  checkRange('MinHealthyPercentage', min, 0, 100);
  checkRange('MaxHealthyPercentage', max, 100, 200);
  if (max === undefined) return;
  if (min === undefined) {
    throw invalid(
      "The request isn't valid. You must specify MinHealthyPercentage together with MaxHealthyPercentage.",
    );
  }
  if (max - min > 100) {
    throw invalid(
      "The request isn't valid. The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.",
    );
  }
};

const checkCheckpoints = ({
  CheckpointPercentages: percentages,
  CheckpointDelay: delay,
}: RefreshPreferences): void => {
  checkRange('CheckpointDelay', delay, 0, maxBakeSeconds);
  if (delay !== undefined && percentages === undefined) {
    throw invalid("The request isn't valid. CheckpointDelay needs CheckpointPercentages.");
  }
  if (
    percentages?.some((percentage, index) => percentage <= (percentages[index - 1] ?? 0) || percentage > 100)
  ) {
    throw invalid(
      "The request isn't valid. CheckpointPercentages must be unique, in ascending order, and from 1 to 100.",
    );
  }
};

const checkAlarms = (region: Region, { AlarmSpecification: specification }: RefreshPreferences): void => {
  const names = specification?.Alarms ?? [];
  if (names.length > maxAlarms) {
    throw invalid(`The request isn't valid. AlarmSpecification holds at most ${maxAlarms} alarms.`);
  }
  const missing = names.find((name) => !alarmExists(region, name));
  if (missing !== undefined)
    throw invalid(`The request isn't valid. The CloudWatch alarm ${missing} does not exist.`);
};

/** @throws AwsError ValidationError */
export const checkPreferences = (
  region: Region,
  group: Group,
  input: StartInstanceRefreshCommandInput,
): void => {
  const preferences = input.Preferences ?? {};
  if ((input.Strategy ?? 'Rolling') !== 'Rolling') {
    throw invalid(
      `The strategy ${input.Strategy ?? ''} of group ${group.name} is not part of the embedded cloud.`,
    );
  }
  checkHealthLimits(preferences);
  checkCheckpoints(preferences);
  checkRange('BakeTime', preferences.BakeTime, 0, maxBakeSeconds);
  checkRange('InstanceWarmup', preferences.InstanceWarmup, 0, Number.MAX_SAFE_INTEGER);
  checkAlarms(region, preferences);
};

/** Checks that a requested rollback is possible. @throws AwsError ValidationError */
export const checkRollback = (
  region: Region,
  group: Group,
  { AutoRollback }: RefreshPreferences,
  desired: LaunchSource | undefined,
): void => {
  if (AutoRollback !== true) return;
  if (!desired) {
    throw invalid(
      "The request isn't valid. The AutoRollback parameter cannot be set to true when the DesiredConfiguration " +
        'parameter is empty. Set AutoRollback to false or specify a desired configuration and try again.',
    );
  }
  const problem =
    rollbackProblem(region, group.launch, 'current') ?? rollbackProblem(region, desired, 'desired');
  if (problem !== undefined) {
    throw invalid(
      `The request isn't valid. The AutoRollback parameter cannot be set to true when ${problem}.`,
    );
  }
};
