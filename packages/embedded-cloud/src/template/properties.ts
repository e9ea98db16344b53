/** Reads a resource's resolved properties. A property of the wrong type throws an error that names it. */

export type Properties = Readonly<Record<string, unknown>>;

const refuse = (key: string, wanted: string, found: unknown): never => {
  throw new Error(`${key} must be ${wanted}, not ${JSON.stringify(found)}`);
};

export const optionalText = (from: Properties, key: string): string | undefined => {
  const value = from[key];
  return value === undefined || typeof value === 'string' ? value : refuse(key, 'a string', value);
};

export const text = (from: Properties, key: string): string =>
  optionalText(from, key) ?? refuse(key, 'a string', undefined);

/** CloudFormation also accepts numbers as strings. */
export const optionalNumber = (from: Properties, key: string): number | undefined => {
  const value = from[key];
  if (value === undefined) return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? refuse(key, 'a number', value) : number;
};

export const object = (from: Properties, key: string): Properties => {
  const value = from[key] ?? {};
  return typeof value === 'object' && !Array.isArray(value)
    ? (value as Properties)
    : refuse(key, 'an object', value);
};

export const list = <T = unknown>(from: Properties, key: string): readonly T[] => {
  const value = from[key] ?? [];
  return Array.isArray(value) ? (value as readonly T[]) : refuse(key, 'a list', value);
};

/** Copies the given members, without those that are undefined. */
export const defined = <T extends object>(members: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
