/** Reading of a resource's resolved properties; what has another type than it must have is refused by name. */

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

/** CloudFormation takes numbers as strings too. */
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

/** The given members, renamed; what is undefined is left out. */
export const defined = <T extends object>(members: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
