import type { Region } from '../../core/service';
import { stateOf } from '../otherServices';
import { executeByAlarm } from './execute';

/** Executes a policy by an alarm that tells what it saw: a step policy compares with the threshold, tracking with its target. */
export const executeObserved = (
  region: Region,
  policyArn: string,
  { metric, threshold }: { readonly metric: number; readonly threshold: number },
): void => {
  const target = stateOf(region).policies[policyArn]?.target?.value;
  executeByAlarm(region, policyArn, metric - (target ?? threshold));
};
