import type { Item, Value } from './values';

/** AWS: an item holds at most 400 KB, names and values together. */
export const largestItemBytes = 400 * 1024;
/** AWS: Query and Scan read at most 1 MB per page, before filtering. */
export const pageBytes = 1024 * 1024;

const textBytes = (text: string) => Buffer.byteLength(text, 'utf8');
const binaryBytes = (base64: string) => Buffer.from(base64, 'base64').length;
/** AWS: about one byte for two significant digits, plus one; one more for a negative number. */
const numberBytes = (text: string) => {
  const digits = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
};
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** A value's size by the rules of "DynamoDB item sizes and formats". */
export const valueBytes = (value: Value): number => {
  if ('S' in value) return textBytes(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('B' in value) return binaryBytes(value.B);
  if ('SS' in value) return sum(value.SS.map(textBytes));
  if ('NS' in value) return sum(value.NS.map(numberBytes));
  if ('BS' in value) return sum(value.BS.map(binaryBytes));
  if ('L' in value) return 3 + sum(value.L.map((member) => 1 + valueBytes(member)));
  if ('M' in value) return 3 + itemBytes(value.M) + Object.keys(value.M).length;
  return 1;
};

export const itemBytes = (item: Item): number =>
  sum(Object.entries(item).map(([name, value]) => textBytes(name) + valueBytes(value)));
