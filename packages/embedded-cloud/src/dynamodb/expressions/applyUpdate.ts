import { addNumbers, subtractNumbers } from '../numbers';
import { invalid, type Item, type Value } from '../values';
import type { Assigned, Path, UpdateClause } from './ast';
import { valueAt } from './paths';
import type { Placeholders } from './placeholders';

const wrongType = () => invalid('An operand in the update expression has an incorrect data type');
const wrongPath = () => invalid('The document path provided in the update expression is invalid for update');

/** The value that SET assigns, computed from the item before the update. */
const assigned = (value: Assigned, before: Item, placeholders: Placeholders): Value => {
  switch (value.kind) {
    case 'value':
      return placeholders.value(value.placeholder);
    case 'path': {
      const found = valueAt(before, value.path);
      if (!found)
        throw invalid('The provided expression refers to an attribute that does not exist in the item');
      return found;
    }
    case 'if_not_exists':
      return valueAt(before, value.path) ?? assigned(value.otherwise, before, placeholders);
    case 'list_append': {
      const [left, right] = [
        assigned(value.left, before, placeholders),
        assigned(value.right, before, placeholders),
      ];
      if (!('L' in left) || !('L' in right)) throw wrongType();
      return { L: [...left.L, ...right.L] };
    }
    case '+':
    case '-': {
      const [left, right] = [
        assigned(value.left, before, placeholders),
        assigned(value.right, before, placeholders),
      ];
      if (!('N' in left) || !('N' in right)) throw wrongType();
      return { N: value.kind === '+' ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) };
    }
  }
};

/** The container with `change` applied to the value at the path; a result of undefined removes the value. */
const changed = (
  container: Value,
  path: Path,
  change: (value: Value | undefined) => Value | undefined,
): Value => {
  const [part, ...rest] = path;
  if (part === undefined) throw wrongPath();
  const at = (value: Value | undefined) => {
    if (rest.length === 0) return change(value);
    if (value === undefined) throw wrongPath();
    return changed(value, rest, change);
  };
  if (typeof part === 'string') {
    if (!('M' in container)) throw wrongPath();
    const { [part]: old, ...others } = container.M;
    const made = at(old);
    return { M: made === undefined ? others : { ...container.M, [part]: made } };
  }
  if (!('L' in container)) throw wrongPath();
  const made = at(container.L[part]);
  if (made === undefined) return { L: container.L.filter((_, index) => index !== part) };
  // As on AWS, setting an element beyond the end of a list appends it.
  return part < container.L.length
    ? { L: container.L.map((old, index) => (index === part ? made : old)) }
    : { L: [...container.L, made] };
};

const sets = ['SS', 'NS', 'BS'] as const;
type SetType = (typeof sets)[number];
const membersOf = (value: Value, type: SetType): readonly string[] | undefined =>
  (value as Partial<Record<SetType, readonly string[]>>)[type];
/** TypeScript does not infer a value from a computed member name. */
const setOf = (type: SetType, elements: readonly string[]): Value =>
  ({ [type]: elements }) as unknown as Value;
const setType = (value: Value) => sets.find((type) => membersOf(value, type));

const added = (old: Value | undefined, operand: Value): Value => {
  if (old === undefined) return operand;
  if ('N' in operand && 'N' in old) return { N: addNumbers(old.N, operand.N) };
  const type = setType(operand);
  const [present, joining] = type ? [membersOf(old, type), membersOf(operand, type)] : [];
  if (!type || !present || !joining) throw wrongType();
  return setOf(type, [...new Set([...present, ...joining])].sort());
};

const deleted = (old: Value | undefined, operand: Value): Value | undefined => {
  if (old === undefined) return undefined;
  const type = setType(operand);
  const [present, leaving] = type ? [membersOf(old, type), membersOf(operand, type)] : [];
  if (!type || !present || !leaving) throw wrongType();
  const left = present.filter((member) => !leaving.includes(member));
  return left.length === 0 ? undefined : setOf(type, left);
};

/** List elements are removed from the end, so that the positions before them keep their meaning. */
const removalOrder = (a: UpdateClause, b: UpdateClause): number =>
  a.path
    .map((part, index) => [part, b.path[index]] as const)
    .reduce<number>((order, [one, other]) => {
      if (order !== 0 || typeof one !== 'number' || typeof other !== 'number') return order;
      return other - one;
    }, 0);

/**
 * The item after the update. As on AWS, all operands are read before anything is changed.
 * @throws ValidationException
 */
export const applyUpdate = (
  clauses: readonly UpdateClause[],
  before: Item,
  placeholders: Placeholders,
): Item => {
  const ready = clauses.map((clause) => ({
    clause,
    value: clause.kind === 'SET' ? assigned(clause.value, before, placeholders) : undefined,
  }));
  const removals = ready.filter(({ clause }) => clause.kind === 'REMOVE');
  const others = ready.filter(({ clause }) => clause.kind !== 'REMOVE');
  removals.sort((a, b) => removalOrder(a.clause, b.clause));
  let after: Value = { M: before };
  for (const { clause, value } of [...others, ...removals]) {
    after = changed(after, clause.path, (old) => {
      if (clause.kind === 'SET') return value;
      if (clause.kind === 'REMOVE') return undefined;
      const operand = placeholders.value(clause.placeholder);
      return clause.kind === 'ADD' ? added(old, operand) : deleted(old, operand);
    });
  }
  if (!('M' in after)) throw wrongPath();
  return after.M;
};
