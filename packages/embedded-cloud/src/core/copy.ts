import { types } from 'node:util';

/**
 * A deep copy, as sending it over the wire would make it: members that are undefined are left out, dates and bytes keep
 * their types, and nothing is shared with the original. `structuredClone` is not used: it keeps undefined members, and
 * its objects belong to another realm inside a test runner.
 * @throws TypeError for values that no request or answer can hold (functions, symbols)
 */
export const deepCopy = <T>(value: T): T => copy(value) as T;

const plain = (value: unknown): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`A ${typeof value} cannot be part of a request or an answer.`);
  return value;
};

/** Copies what is neither a list nor a plain object: dates and bytes, also those of another realm. */
const copySpecial = (value: object): unknown => {
  // Also a date of another realm: of a worker thread, or of the process around a test runner.
  if (types.isDate(value)) return new Date(value.getTime());
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return Uint8Array.from(bytes);
  }
  return copyMembers(value as Record<string, unknown>);
};

const copyMembers = (members: Readonly<Record<string, unknown>>): unknown => {
  const result: Record<string, unknown> = {};
  // Every call is copied twice, and a list of pairs would cost more than the copy itself.
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (member !== undefined) result[key] = typeof member === 'object' ? copy(member) : plain(member);
  }
  return result;
};

const copy = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return plain(value);
  if (Array.isArray(value)) return value.map(copy);
  // Tested first, since nearly all objects are plain. The other tests call native code and are slower.
  return Object.getPrototypeOf(value) === Object.prototype
    ? copyMembers(value as Record<string, unknown>)
    : copySpecial(value);
};
