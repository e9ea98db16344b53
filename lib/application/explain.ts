import type { z } from 'zod';
import { nearest } from './nearest';

type Issue = z.core.$ZodIssue;
export type Path = readonly PropertyKey[];

/** A problem before its place in a file is known. */
export interface Found {
  readonly path: Path;
  readonly message: string;
  /** Show the key at `path`, not its value. */
  readonly atKey?: boolean;
}

/** Which keys are known at a path. */
export type KnownKeys = (path: Path) => readonly string[];

const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) => (value === null || typeof value !== 'object' ? undefined : Reflect.get(value, key)),
    data,
  );

export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (an empty value)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
};

const types: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of names',
};
const one = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(' or ');

/** The alternative of a union that was probably meant: the one with the fewest problems; none if several tie. */
const meant = (errors: readonly (readonly Issue[])[]): readonly Issue[] | undefined => {
  const ranked = [...errors].sort((a, b) => a.length - b.length);
  const [first, second] = ranked;
  return first && (!second || first.length < second.length) ? first : undefined;
};

const keysOf = (error: readonly Issue[]): string[] =>
  error.flatMap((issue) =>
    issue.path.length === 1 && typeof issue.path[0] === 'string' ? [issue.path[0]] : [],
  );

const ofUnion = (
  issue: Extract<Issue, { code: 'invalid_union' }>,
  data: unknown,
  known: KnownKeys,
): Found[] => {
  const options = (issue as { options?: readonly unknown[] }).options;
  const value = valueAt(data, issue.path);
  if (options) {
    const found = value === undefined ? 'is missing' : `is ${show(value)}`;
    return [{ path: issue.path, message: `${found}; expected ${one(options)}` }];
  }
  const branch = meant(issue.errors);
  if (branch)
    return explain(
      branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
      data,
      known,
    );
  const expected = [...new Set(issue.errors.flat().map((inner) => (inner as { expected?: string }).expected))]
    .filter((type) => type !== undefined)
    .map((type) => types[type] ?? type);
  const keys = issue.errors.flatMap(keysOf);
  const names = known(issue.path).filter((key) => keys.length === 0 || keys.includes(key));
  const wanted = expected.includes('a map of keys') || keys.length > 0;
  const form =
    wanted && names.length > 0 ? `a map with one of the keys ${names.join(', ')}` : expected.join(' or ');
  return [{ path: issue.path, message: `is ${show(value)}; expected ${form}` }];
};

const ofUnknownKeys = (issue: Extract<Issue, { code: 'unrecognized_keys' }>, known: KnownKeys): Found[] => {
  const names = known(issue.path);
  return issue.keys.map((key) => {
    const near = nearest(key, names);
    const advice = near
      ? `did you mean "${near}"?`
      : names.length > 0
        ? `known here are ${names.join(', ')}`
        : 'remove it';
    return { path: [...issue.path, key], message: `unknown key; ${advice}`, atKey: true };
  });
};

const bound = (issue: Extract<Issue, { code: 'too_big' | 'too_small' }>, value: unknown): string => {
  const limit =
    issue.code === 'too_big' ? `at most ${String(issue.maximum)}` : `at least ${String(issue.minimum)}`;
  if (issue.message.startsWith('expected')) return `has too many; ${issue.message}`;
  if (issue.origin === 'array')
    return `has ${String((value as unknown[]).length)} entries; expected ${limit}`;
  if (issue.origin === 'string') return `is ${show(value)}; expected ${limit} characters`;
  return `is ${show(value)}; expected ${issue.code === 'too_small' && issue.inclusive === false ? `more than ${String(issue.minimum)}` : limit}`;
};

const ofOne = (issue: Issue, data: unknown, known: KnownKeys): Found[] => {
  const { path } = issue;
  const value = valueAt(data, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return ofUnknownKeys(issue, known);
    case 'invalid_union':
      return ofUnion(issue, data, known);
    case 'invalid_key':
      return [
        {
          path,
          message: `is not a name that can be used; ${issue.issues[0]?.message ?? issue.message}`,
          atKey: true,
        },
      ];
    case 'invalid_type': {
      const expected = issue.message.startsWith('expected ')
        ? issue.message.slice('expected '.length)
        : (types[issue.expected] ?? issue.expected);
      return [
        {
          path,
          message:
            value === undefined
              ? `is missing; expected ${expected}`
              : `is ${show(value)}; expected ${expected}`,
        },
      ];
    }
    case 'invalid_value':
      return [{ path, message: `is ${show(value)}; expected ${suggestValue(value, issue.values)}` }];
    case 'too_big':
    case 'too_small':
      return [{ path, message: bound(issue, value) }];
    case 'invalid_format': {
      const expected = issue.message.startsWith('expected')
        ? issue.message
        : issue.format === 'starts_with'
          ? `expected text that begins with "${(issue as { prefix?: string }).prefix ?? ''}"`
          : `expected text that matches ${issue.pattern ?? issue.format}`;
      return [{ path, message: `is ${show(value)}; ${expected}` }];
    }
    default:
      return [{ path, message: issue.message }];
  }
};

const suggestValue = (value: unknown, values: readonly unknown[]): string => {
  const near =
    typeof value === 'string' &&
    nearest(
      value,
      values.filter((one) => typeof one === 'string'),
    );
  return near ? `${one(values)}; did you mean "${near}"?` : one(values);
};

/** Explains each of zod's issues: what was found, what was expected and what to do. */
export const explain = (issues: readonly Issue[], data: unknown, known: KnownKeys): Found[] =>
  issues.flatMap((issue) => ofOne(issue, data, known));
