import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../core/errors';
import { normalNumber } from './numbers';

/** An attribute value as it is stored: plain JSON, numbers in normal form, binaries in base64. */
export type Value =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly M: Item }
  | { readonly L: readonly Value[] }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] };
export type Item = Readonly<Record<string, Value>>;
export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS';

export const valueTypes: readonly ValueType[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS'];

export const invalid = (message: string) => new AwsError('ValidationException', message);
const invalidValue = (message: string) => invalid(`One or more parameter values were invalid: ${message}`);

export const typeOf = (value: Value): ValueType => Object.keys(value)[0] as ValueType;

const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

/** AWS: "Attributes must have fewer than 33 levels of nesting". */
const deepest = 32;

/** A set without duplicates and without empty members. AWS keeps no order in sets, so they are stored sorted. */
const readSet = <In, Out>(what: string, members: readonly In[], read: (member: In) => Out): Out[] => {
  if (members.length === 0) throw invalidValue(`An ${what} set  may not be empty`);
  const all = members.map(read);
  if (new Set(all).size !== all.length)
    throw invalidValue(`Input collection [${all.join(', ')}] contains duplicates.`);
  return all.sort();
};

/** Checks a value as AWS does, and converts it into the stored form. @throws ValidationException */
export const readValue = (value: AttributeValue, depth = 0): Value => {
  const types = Object.keys(value).filter((type) => value[type as keyof AttributeValue] !== undefined);
  if (types.length === 0)
    throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  if (types.length > 1)
    throw invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  if (depth > deepest)
    throw invalidValue(
      'Nesting Levels have exceeded supported limits: Attributes must have fewer than 33 levels of nesting',
    );
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: normalNumber(value.N) };
  if (value.B !== undefined) return { B: toBase64(value.B) };
  if (value.BOOL !== undefined) return { BOOL: value.BOOL };
  if (value.NULL !== undefined) {
    if (!value.NULL) throw invalidValue('Null attribute value types must have the value of true');
    return { NULL: true };
  }
  if (value.M !== undefined) return { M: readItem(value.M, depth + 1) };
  if (value.L !== undefined) return { L: value.L.map((member) => readValue(member, depth + 1)) };
  if (value.SS !== undefined) return { SS: readSet('string', value.SS, (text) => text) };
  if (value.NS !== undefined) return { NS: readSet('number', value.NS, normalNumber) };
  if (value.BS !== undefined) return { BS: readSet('binary', value.BS, toBase64) };
  throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
};

/**
 * Copies an object member by member. All data passes through here, and lists of pairs would cost more than the copy.
 */
const mapMembers = <In, Out>(
  members: Readonly<Record<string, In>>,
  change: (member: In) => Out,
): Record<string, Out> => {
  const result: Record<string, Out> = {};
  // An object's own keys always have a value, but the compiler does not know that.
  for (const name of Object.keys(members)) result[name] = change(members[name] as In);
  return result;
};

export const readItem = (item: Record<string, AttributeValue>, depth = 0): Item =>
  mapMembers(item, (value) => readValue(value, depth));

/** Converts a stored value into the SDK's form. */
export const writeValue = (value: Value): AttributeValue => {
  if ('B' in value) return { B: fromBase64(value.B) };
  if ('BS' in value) return { BS: value.BS.map(fromBase64) };
  if ('M' in value) return { M: writeItem(value.M) };
  if ('L' in value) return { L: value.L.map(writeValue) };
  if ('SS' in value) return { SS: [...value.SS] };
  if ('NS' in value) return { NS: [...value.NS] };
  return { ...value };
};

export const writeItem = (item: Item): Record<string, AttributeValue> => mapMembers(item, writeValue);

/** Deep equality. Sets can be compared in order, since they are stored sorted. */
export const equal = (one: Value, other: Value): boolean => {
  if ('M' in one && 'M' in other) {
    const names = Object.keys(one.M);
    return (
      names.length === Object.keys(other.M).length &&
      names.every((name) => {
        const [a, b] = [one.M[name], other.M[name]];
        return a !== undefined && b !== undefined && equal(a, b);
      })
    );
  }
  if ('L' in one && 'L' in other)
    return (
      one.L.length === other.L.length &&
      one.L.every((member, index) => {
        const beside = other.L[index];
        return beside !== undefined && equal(member, beside);
      })
    );
  return JSON.stringify(one) === JSON.stringify(other);
};
