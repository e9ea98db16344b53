import type { RolloutStrategy, Strategy } from '../lib/application/schema';
import type { RecordKind } from '../lib/deployment/record';

/** What each state of the machines does, in a few words. */
export const stepTexts: Readonly<Record<string, string>> = {
  Accept: 'read the settings, write the record',
  Lock: 'one deployment per fleet',
  Queue: 'wait for what runs',
  Preflight: 'every check, before anything is touched',
  Suspend: 'hold scaling still',
  LaunchBuilder: 'start a builder instance',
  Provision: 'run Ansible',
  TakeOut: 'take one instance out of service',
  BakeImage: 'make the image',
  PutBack: 'put the instance back in service',
  TerminateBuilder: 'terminate the builder',
  SwapLaunchTemplate: 'new launch template version',
  SetScaling: 'scaling policies and alarms',
  Resume: 'let scaling go on',
  Rollout: 'replace the instances',
  Approval: 'wait for somebody to approve',
  RolloutRest: 'replace the other instances',
  Observe: 'watch the alarms',
  Complete: 'mark the release good',
  AcceptRollback: 'choose the release, write the record',
  PreflightRollback: 'its image and launch template version are there',
  Halt: 'halt what runs, take the lock',
  RollBack: 'replace the instances',
  CompleteRollback: 'mark what was left as no longer good',
  RaiseFence: 'see what the stopped execution left',
  WaitOut: 'until nothing of it can still land',
  LookAgain: 'see what has landed',
  Undo: 'undo what was changed',
  Restore: 'bring the fleet back to the last good release',
  CompleteRestored: 'the rollback is complete all the same',
  CleanUp: 'remove what is not needed any more',
  Close: 'close the record',
  Unlock: 'let go of the fleet',
};

const undoing = [
  'RaiseFence',
  'WaitOut',
  'LookAgain',
  'Undo',
  'Restore',
  'CompleteRestored',
  'CleanUp',
  'Close',
];
export const isUndoing = (name: string): boolean => undoing.includes(name);

/** As much of a record as tells which states are passed. */
export interface Plan {
  readonly kind?: RecordKind;
  readonly strategy: Strategy;
  readonly rollout?: RolloutStrategy;
  readonly image?: string;
  readonly settings?: { readonly rollout: { readonly approval?: object | undefined } };
}

const rollback = [
  'AcceptRollback',
  'PreflightRollback',
  'Halt',
  'RollBack',
  'SetScaling',
  'CompleteRollback',
  'Unlock',
];

/** The states that a deployment or rollback passes if all goes well; less those that only choose. */
export const expectedSteps = ({ kind, strategy, image, settings }: Plan): readonly string[] => {
  if (kind === 'rollback') return rollback;
  const making =
    image !== undefined
      ? []
      : strategy === 'golden-instance'
        ? ['LaunchBuilder', 'Provision', 'BakeImage', 'TerminateBuilder']
        : ['Suspend', 'Provision', 'TakeOut', 'BakeImage', 'PutBack'];
  const resume = image === undefined && strategy === 'deploy-and-snapshot' ? ['Resume'] : [];
  return [
    'Accept',
    'Lock',
    'Preflight',
    ...making,
    'SwapLaunchTemplate',
    'SetScaling',
    ...resume,
    'Rollout',
    ...(settings?.rollout.approval === undefined ? [] : ['Approval', 'RolloutRest']),
    'Observe',
    'Complete',
    'Unlock',
  ];
};
