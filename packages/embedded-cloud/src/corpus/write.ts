import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { types } from 'node:util';
import type { RequestObserver } from '../cloud/observers';
import { shapeOf } from './shape';

/** JSON has neither dates nor bytes: `{"$date": ISO 8601}` and `{"$bytes": base64}` stand for them. */
export const encode = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(encode);
  if (types.isDate(value)) return { $date: value.toISOString() };
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return { $bytes: Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64') };
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, encode(member)]));
};

/** Maximum per kind. A request with more shapes than this varies in names (a table's attributes), not in structure. */
const maxOfAKind = 200;

/**
 * Writes each distinct request shape to a file in the folder, as one line of JSON with one example: `{service, action,
 * principal: {kind, name}, input, refused?}`. Every process and thread has its own file, so that several can write at
 * once. The same shape can therefore be in several files.
 */
export const corpusWriter = (folder: string): RequestObserver => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${String(process.pid)}-${String(threadId)}.jsonl`);
  const known = new Set<string>();
  const kinds = new Map<string, number>();
  return (request) => {
    const { service, action, principal, input, refused = '' } = request;
    const who = principal.kind === 'person' ? 'person' : principal.name;
    const kind = `${service}:${action} ${who} ${refused}`;
    const count = kinds.get(kind) ?? 0;
    if (count >= maxOfAKind) return;
    const shape = `${kind} ${shapeOf(input)}`;
    if (known.has(shape)) return;
    known.add(shape);
    kinds.set(kind, count + 1);
    appendFileSync(file, `${JSON.stringify({ ...request, input: encode(input) })}\n`);
  };
};
