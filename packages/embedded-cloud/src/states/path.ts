/**
 * The reference paths of JSONPath (`$.a.b[0]['c']`). Each names one place. Wildcards, filters, slices and `..` give
 * lists of unknown length. They are refused, since they are not modelled.
 */
export type Steps = readonly (string | number)[];

const step = /\.([\p{L}_][\p{L}\p{N}_-]*)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]/uy;

/** @throws Error if it is not a reference path */
export const parsePath = (path: string): Steps => {
  if (!path.startsWith('$')) throw new Error(`'${path}' is not a path`);
  const steps: (string | number)[] = [];
  let at = 1;
  while (at < path.length) {
    step.lastIndex = at;
    const match = step.exec(path);
    if (!match) throw new Error(`'${path}' is not a reference path, and others are not modelled`);
    const [whole, name, single, double, index] = match;
    steps.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
    at += whole.length;
  }
  return steps;
};

const memberOf = (value: unknown, key: string | number): unknown => {
  if (Array.isArray(value)) return typeof key === 'number' ? (value as unknown[])[key] : undefined;
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
};

/** The value at a path; undefined if there is none. `$$` is the context object. */
export const readPath = (path: string, value: unknown, context: unknown): unknown => {
  const [from, rest] = path.startsWith('$$') ? [context, path.slice(1)] : [value, path];
  return parsePath(rest).reduce(memberOf, from);
};

const place = (value: unknown, steps: Steps, what: unknown): unknown => {
  const [first, ...rest] = steps;
  if (first === undefined) return what;
  if (Array.isArray(value) && typeof first === 'number') {
    if (first >= value.length) throw new Error('outside of the list');
    return value.map((one: unknown, index) => (index === first ? place(one, rest, what) : one));
  }
  if (typeof first === 'number' || Array.isArray(value) || typeof value !== 'object' || value === null) {
    throw new Error('not an object');
  }
  const inner = memberOf(value, first) ?? {};
  return { ...value, [first]: place(inner, rest, what) };
};

/**
 * `value` with `what` at a ResultPath. If the path is `null`, `what` is dropped.
 *
 * @throws Error if the path does not fit the value (States.ResultPathMatchFailure)
 */
export const writePath = (path: string | null, value: unknown, what: unknown): unknown =>
  path === null ? value : place(value, parsePath(path), what);
