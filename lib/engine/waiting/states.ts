/** The states with `.waitForTaskToken`, of all machines: each parks its token under its own name. */
export const waitingStates = [
  'Queue',
  'Settle',
  'Suspend',
  'Provision',
  'TakeOut',
  'BakeImage',
  'PutBack',
  'LaunchBuilder',
  'VerifyImage',
  'Rollout',
  'Approval',
  'RolloutRest',
  'Observe',
  'Halt',
  'RollBack',
  'Undo',
  'Restore',
] as const;
export type WaitingState = (typeof waitingStates)[number];
