import type { RolloutStrategy, Strategy } from '../application/schema';
import { type ImageFrom, imageFrom, verifiesImage } from './imageFrom';
import type { RecordKind } from './outcome';

/** The part of a record that determines which states are passed. */
export interface PathOf {
  readonly kind?: RecordKind;
  readonly strategy: Strategy;
  readonly rollout?: RolloutStrategy;
  readonly image?: string;
  readonly imageFrom?: 'running';
  readonly settings?: {
    readonly rollout: { readonly approval?: object | undefined };
    readonly image?: { readonly verify?: boolean };
  };
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

const making = {
  running: ['TakeOut', 'BakeImage', 'PutBack'],
  fleet: ['Suspend', 'Provision', 'TakeOut', 'BakeImage', 'PutBack'],
  builder: ['LaunchBuilder', 'Provision', 'BakeImage', 'TerminateBuilder'],
  image: [],
} as const;

/** The states that a deployment or rollback passes if all goes well, without the states that only choose. */
export const expectedSteps = (path: PathOf): readonly string[] => {
  if (path.kind === 'rollback') return rollback;
  const from = imageFrom(path);
  return [
    'Accept',
    'Lock',
    'Preflight',
    ...making[from],
    'SwapLaunchTemplate',
    'SetScaling',
    ...(verifiesImage(path) ? ['VerifyImage'] : []),
    ...(from === 'fleet' ? ['Resume'] : []),
    'Rollout',
    ...(path.settings?.rollout.approval === undefined ? [] : ['Approval', 'RolloutRest']),
    'Observe',
    'Complete',
    'Unlock',
  ];
};

/** The states of the deploy machine that only choose, and its end state. AWS charges for the transition to each of them. */
const choices = ['ImageFrom', 'Suspended', 'NeedsApproval', 'Outcome', 'Deployed'];
const choicesOfMaking: Readonly<Record<ImageFrom, readonly string[]>> = {
  running: ['Baked'],
  fleet: ['Provisioned', 'Baked'],
  builder: ['Provisioned', 'Baked'],
  image: [],
};

/** The number of state transitions of a deployment that goes well. */
export const transitionsOf = (path: PathOf): number =>
  expectedSteps(path).length +
  choices.length +
  choicesOfMaking[imageFrom(path)].length +
  (verifiesImage(path) ? 1 : 0);
