import type { KeySchema, Table } from './state';
import { compareNumbers } from './numbers';
import { invalid, type Item, typeOf, type Value } from './values';

const invalidParameter = (message: string) =>
  invalid(`One or more parameter values were invalid: ${message}`);

/** The place of an item in its table. */
export interface Place {
  readonly partition: string;
  readonly sort: string;
}

/** A key value as text, with its type; '' if there is none. */
export const keyText = (value: Value | undefined): string => {
  if (value === undefined) return '';
  if ('S' in value) return `S:${value.S}`;
  if ('N' in value) return `N:${value.N}`;
  if ('B' in value) return `B:${value.B}`;
  return '';
};

export const placeOf = (keys: KeySchema, item: Item): Place => ({
  partition: keyText(item[keys.partition]),
  sort: keys.sort === undefined ? '' : keyText(item[keys.sort]),
});

const bytes = (value: Value) =>
  'S' in value ? Buffer.from(value.S) : 'B' in value ? Buffer.from(value.B, 'base64') : Buffer.alloc(0);

/**
 * As on AWS, strings and binaries are compared by their UTF-8 bytes, numbers by value. Both values have the same type.
 */
export const compareValues = (one: Value, other: Value): number =>
  'N' in one && 'N' in other ? compareNumbers(one.N, other.N) : Buffer.compare(bytes(one), bytes(other));

export const namesOf = (keys: KeySchema): string[] =>
  keys.sort === undefined ? [keys.partition] : [keys.partition, keys.sort];

/** The key attributes of an item. */
export const keyOf = (keys: KeySchema, item: Item): Item =>
  Object.fromEntries(
    namesOf(keys).flatMap((name) => {
      const value = item[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** AWS: a partition key holds 1 to 2,048 bytes, a sort key 1 to 1,024. */
const checkLength = (name: string, value: Value, keys: KeySchema) => {
  const { length } = bytes(value);
  if ('N' in value) return;
  if (length === 0)
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ` +
        `${'S' in value ? 'string' : 'binary'} value. Key: ${name}`,
    );
  if (name === keys.partition && length > 2048)
    throw invalidParameter('Size of hashkey has exceeded the maximum size limit of2048 bytes');
  if (name === keys.sort && length > 1024)
    throw invalidParameter('Aggregated size of all range keys has exceeded the size limit of 1024 bytes');
};

/** Checks a key for a read, update or delete: it has exactly the key's attributes. @throws ValidationException */
export const checkKey = (table: Table, key: Item): void => {
  const names = namesOf(table.keys);
  const fits =
    Object.keys(key).length === names.length &&
    names.every((name) => {
      const value = key[name];
      return value !== undefined && typeOf(value) === table.attributeTypes[name];
    });
  if (!fits) throw invalid('The provided key element does not match the schema');
  for (const name of names) {
    const value = key[name];
    if (value) checkLength(name, value, table.keys);
  }
};

const checkIndexKeys = (table: Table, item: Item) => {
  for (const index of table.indexes)
    for (const name of namesOf(index.keys)) {
      const value = item[name];
      const expected = table.attributeTypes[name];
      if (value === undefined || table.keys.partition === name || table.keys.sort === name) continue;
      if (typeOf(value) !== expected)
        throw invalidParameter(
          `Type mismatch for Index Key ${name} Expected: ${String(expected)} Actual: ${typeOf(value)} ` +
            `IndexName: ${index.name}`,
        );
      if ('S' in value && value.S === '')
        throw invalid(
          'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
            'The AttributeValue for a key attribute cannot contain an empty string value. ' +
            `IndexName: ${index.name}, IndexKey: ${name}`,
        );
    }
};

/**
 * Checks an item before it is stored: its key attributes exist, have the right type and are not empty.
 * @throws ValidationException
 */
export const checkItemKeys = (table: Table, item: Item): void => {
  for (const name of namesOf(table.keys)) {
    const value = item[name];
    if (value === undefined) throw invalidParameter(`Missing the key ${name} in the item`);
    if (typeOf(value) !== table.attributeTypes[name])
      throw invalidParameter(
        `Type mismatch for key ${name} expected: ${String(table.attributeTypes[name])} actual: ${typeOf(value)}`,
      );
    checkLength(name, value, table.keys);
  }
  checkIndexKeys(table, item);
};
