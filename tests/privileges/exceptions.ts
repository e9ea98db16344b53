import type { Exception } from './judge';

const logs = 'Lambda writes the function’s log; the embedded cloud keeps logs without CloudWatch Logs';
const mapping =
  'AWS asks for it when the event source mapping is made, and its pollers use it; ours count by themselves';

/**
 * Permissions that AWS requires, but that no run here can use. An entry fails if its permission is used after all, or
 * if no role holds it.
 */
export const unusedOnPurpose: readonly Exception[] = [
  { role: '*', action: 'logs:CreateLogGroup', reason: logs },
  { role: '*', action: 'logs:CreateLogStream', reason: logs },
  { role: '*', action: 'logs:PutLogEvents', reason: logs },
  { role: 'Intake', action: 'sqs:GetQueueAttributes', reason: mapping },
  { role: 'TakeAlarm', action: 'sqs:GetQueueAttributes', reason: mapping },
  { role: 'Look', action: 'sqs:GetQueueAttributes', reason: mapping },
];

const untagged = 'tests/machines/adoption.test.ts tries fleets that nobody has tagged';

/** Calls that tests make on purpose to be refused, with roles as they are in the template. */
export const refusedOnPurpose: readonly Exception[] = [
  { role: 'Suspend', action: 'autoscaling:SuspendProcesses', reason: untagged },
  { role: 'SwapLaunchTemplate', action: 'ec2:CreateLaunchTemplateVersion', reason: untagged },
];
