/**
 * `Filters` of EC2's Describe actions: all filters must match, one value of each is enough,
 * `*` and `?` are wildcards, values are case-sensitive.
 */
import type { Filter } from '@aws-sdk/client-ec2';
import type { Tags } from './state';
import { invalidParameterValue } from './errors';

/** The values that each filter compares, by its name. A record may have several values. */
export type Fields<T> = Readonly<Record<string, (record: T) => string | readonly string[] | undefined>>;

type Test = (value: string) => boolean;

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[\\s\\S]*')
      .replaceAll('?', '[\\s\\S]')}$`,
  );

const testOf = (values: readonly string[]): Test => {
  const exact = new Set(values.filter((value) => !/[*?]/.test(value)));
  const patterns = values.filter((value) => /[*?]/.test(value)).map(wildcard);
  return (value) => exact.has(value) || patterns.some((pattern) => pattern.test(value));
};

const some = (found: string | readonly string[] | undefined, test: Test): boolean => {
  if (found === undefined) return false;
  return typeof found === 'string' ? test(found) : found.some(test);
};

const oneFilter = <T extends { readonly tags?: Tags }>(
  { Name: name = '', Values: values = [] }: Filter,
  fields: Fields<T>,
): ((record: T) => boolean) => {
  if (values.length > 200) throw invalidParameterValue(`The maximum number of filter values is 200`);
  const test = testOf(values);
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (record) => some(record.tags?.[key], test);
  }
  if (name === 'tag-key') return (record) => some(Object.keys(record.tags ?? {}), test);
  const field = fields[name];
  if (field === undefined) throw invalidParameterValue(`The filter '${name}' is invalid`);
  return (record) => some(field(record), test);
};

/**
 * Prepares the filters once, for many records.
 * @throws AwsError InvalidParameterValue if the action does not know a filter
 */
export const filterOf = <T extends { readonly tags?: Tags }>(
  filters: readonly Filter[] | undefined,
  fields: Fields<T>,
): ((record: T) => boolean) => {
  const tests = (filters ?? []).map((filter) => oneFilter(filter, fields));
  return (record) => tests.every((test) => test(record));
};
