import { type Definition, same } from './definitions';

/** Policies and alarms by their full names. */
export interface Scaling {
  readonly policies: Readonly<Record<string, Definition>>;
  readonly alarms: Readonly<Record<string, Definition>>;
}

export interface ScalingChange {
  readonly kind: 'scaling-policy' | 'alarm';
  readonly change: 'add' | 'change' | 'remove';
  readonly name: string;
  readonly before: Definition | null;
  readonly wrote: Definition | null;
}

const diffKind = (
  kind: ScalingChange['kind'],
  existing: Readonly<Record<string, Definition>>,
  wanted: Readonly<Record<string, Definition>>,
): ScalingChange[] => {
  const names = [...new Set([...Object.keys(existing), ...Object.keys(wanted)])].sort();
  return names.flatMap((name) => {
    const before = existing[name] ?? null;
    const wrote = wanted[name] ?? null;
    if (same(before, wrote)) return [];
    return [{ kind, name, before, wrote, change: !before ? 'add' : !wrote ? 'remove' : 'change' }];
  });
};

/**
 * What has to be written so that `existing` (only Forseti's own) becomes `wanted`, without what is the same already. In
 * the order of writing: policies before the alarms that start them, alarms that are removed before the policies that
 * they started.
 */
export const diffScaling = (existing: Scaling, wanted: Scaling): ScalingChange[] => {
  const policies = diffKind('scaling-policy', existing.policies, wanted.policies);
  const alarms = diffKind('alarm', existing.alarms, wanted.alarms);
  const written = (change: ScalingChange) => change.change !== 'remove';
  const removed = (change: ScalingChange) => change.change === 'remove';
  return [
    ...policies.filter(written),
    ...alarms.filter(written),
    ...alarms.filter(removed),
    ...policies.filter(removed),
  ];
};
