import type { RolloutStrategy, Strategy } from '../lib/application/schema';

/** What each state of the deploy machine does, in a few words. */
export const stepTexts: Readonly<Record<string, string>> = {
  Accept: 'read the settings, write the record',
  Lock: 'one deployment per fleet',
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
  Observe: 'watch the alarms',
  Complete: 'mark the release good',
  Undo: 'undo what was changed',
  Restore: 'bring the fleet back to the last good release',
  CleanUp: 'remove what is not needed any more',
  Close: 'close the record',
  Unlock: 'let go of the fleet',
};

const undoing = ['Undo', 'Restore', 'CleanUp', 'Close'];
export const isUndoing = (name: string): boolean => undoing.includes(name);

export interface Plan {
  readonly strategy: Strategy;
  readonly rollout?: RolloutStrategy;
  readonly image?: string;
}

/** The states that a deployment passes if all goes well; less those that only choose. */
export const expectedSteps = ({ strategy, image }: Plan): readonly string[] => {
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
    'Observe',
    'Complete',
    'Unlock',
  ];
};
