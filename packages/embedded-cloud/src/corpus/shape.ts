import { types } from 'node:util';

/** Text that looks like a value of an AWS enum, a name of a state, a field or the like. It counts by its value. */
const enumLike = /^(?:[A-Z][A-Za-z0-9]*|[a-z]+(?:-[a-z]+)*|[A-Z][A-Z_]*)$/;
const maxEnumLength = 40;

/**
 * A string that looks like an enum value stands for itself. Any other string is reduced to its punctuation and rough
 * length.
 */
const textShape = (text: string): string => {
  if (text.length <= maxEnumLength && enumLike.test(text)) return `"${text}"`;
  const punctuation = [...new Set(text.slice(0, 2_000).replace(/\w/g, ''))].sort().join('');
  return `text${String(Math.ceil(Math.log2(text.length + 1)))}${punctuation}`;
};

const numberShape = (value: number): string =>
  value === 0 || !Number.isInteger(value)
    ? String(value)
    : `number${String(Math.sign(value) * Math.ceil(Math.log2(Math.abs(value) + 1)))}`;

/**
 * The structure of a request: the names of its members, their types, and values that look like those of an enum. Of two
 * requests with the same shape both are refused as malformed, or neither, unless it depends on the letters and digits
 * of a long text.
 */
export const shapeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (typeof value === 'string') return textShape(value);
  if (typeof value === 'number') return numberShape(value);
  if (typeof value !== 'object') return typeof value === 'boolean' ? String(value) : typeof value;
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join('|')}]`;
  if (types.isDate(value)) return 'date';
  if (ArrayBuffer.isView(value)) return 'bytes';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .map(([name, member]) => `${name}:${shapeOf(member)}`)
    .sort()
    .join(',')}}`;
};
