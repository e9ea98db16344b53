import { hash } from 'node:crypto';
import type { MessageAttribute } from './state';

export const md5 = (data: string | Buffer): string => hash('md5', data);

const lengthAnd = (content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/**
 * The digest of a message's attributes (developer guide, "Calculating the MD5 message digest for message
 * attributes"). Attributes are in the order of their names. Each name, type and value is preceded by its length. A
 * byte before the value's length is 1 for a string or 2 for binary data.
 */
export const md5OfAttributes = (
  attributes: Readonly<Record<string, MessageAttribute>>,
): string | undefined => {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType = '', StringValue = '', BinaryValue } = attributes[name] ?? {};
    const value = BinaryValue === undefined ? StringValue : Buffer.from(BinaryValue, 'base64');
    const kind = Buffer.from([BinaryValue === undefined ? 1 : 2]);
    return [lengthAnd(name), lengthAnd(DataType), kind, lengthAnd(value)];
  });
  return md5(Buffer.concat(parts));
};
