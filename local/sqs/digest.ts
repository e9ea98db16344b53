import { createHash } from 'node:crypto';
import type { MessageAttribute } from './state';

export const md5 = (data: string | Buffer): string => createHash('md5').update(data).digest('hex');

const lengthAnd = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/**
 * The digest of string and number attributes (developer guide, "Calculating the MD5 message digest for message
 * attributes"): by name in order, each name, type and value with its length in front, a 1 before a string's value.
 */
export const md5OfAttributes = (
  attributes: Readonly<Record<string, MessageAttribute>>,
): string | undefined => {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType = '', StringValue = '' } = attributes[name] ?? {};
    return [lengthAnd(name), lengthAnd(DataType), Buffer.from([1]), lengthAnd(StringValue)];
  });
  return md5(Buffer.concat(parts));
};
