/** Which operations bring a stack from what it has to what a template says. Pure. */
import { creators } from '../template/creators';
import type { CloudFormationTemplate } from '../template/compiled';
import type { Resource } from '../template/resolve';
import type { Operation, StackResource } from './state';

type Made = Operation['resource'];

const order = new Map([...creators.keys()].map((type, index) => [type, index]));
/** Resources that others refer to come first. */
const byType = (a: Made, b: Made): number => (order.get(a.type) ?? 0) - (order.get(b.type) ?? 0);

/** A resource without what changes by itself. */
export const madeOf = (resource: Resource, { Resources }: CloudFormationTemplate): Made => {
  const { logicalId, type, ref, attributes, properties } = resource;
  const deletionPolicy = Resources[logicalId]?.DeletionPolicy;
  return {
    logicalId,
    type,
    ref,
    attributes,
    properties,
    ...(deletionPolicy !== undefined && { deletionPolicy }),
  };
};

const isSame = (a: Made, b: Made): boolean => JSON.stringify(a.properties) === JSON.stringify(b.properties);

/** What is made or changed, in its order; and what is removed after all of that has gone well. */
export interface StackPlan {
  readonly forward: readonly Operation[];
  readonly cleanup: readonly Operation[];
}

/**
 * A resource with another physical name is made anew, and the former one is removed at the end.
 * @param existing logical ids of resources that are in the account, and in no stack
 */
export const planStack = (
  present: Readonly<Record<string, StackResource>>,
  wanted: readonly Made[],
  existing: ReadonlySet<string>,
): StackPlan => {
  const forward = [...wanted].sort(byType).flatMap((resource): Operation[] => {
    const before = present[resource.logicalId];
    if (before?.ref !== resource.ref || before.type !== resource.type)
      return [{ act: existing.has(resource.logicalId) ? 'import' : 'create', resource }];
    return isSame(before, resource) && before.deletionPolicy === resource.deletionPolicy
      ? []
      : [{ act: 'update', resource, before }];
  });
  const kept = new Map(wanted.map((resource) => [resource.logicalId, resource]));
  const gone = Object.values(present).filter(({ logicalId, ref, type }) => {
    const now = kept.get(logicalId);
    return now?.ref !== ref || now.type !== type;
  });
  return { forward, cleanup: removalOf(gone) };
};

/** In the opposite order of creation. */
export const removalOf = (resources: readonly Made[]): readonly Operation[] =>
  [...resources].sort((a, b) => byType(b, a)).map((resource) => ({ act: 'delete', resource }));

/** Undoes what was done, the last first. What was imported stays in the account, and leaves the stack. */
export const rollbackOf = (done: readonly Operation[]): readonly Operation[] =>
  [...done].reverse().map(({ act, resource, before }): Operation => {
    if (act === 'update' && before) return { act: 'update', resource: before, before: resource };
    if (act === 'import') return { act: 'delete', resource: { ...resource, deletionPolicy: 'Retain' } };
    // Only what is retained in every case stays after a creation that is rolled back.
    const isKept = resource.deletionPolicy === 'Retain';
    return { act: 'delete', resource: { ...resource, deletionPolicy: isKept ? 'Retain' : 'Delete' } };
  });

export const isRetained = ({ deletionPolicy }: Made): boolean =>
  deletionPolicy?.startsWith('Retain') === true;
