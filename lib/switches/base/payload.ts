/**
 * Types of stored payloads, checked when they are read. Not by zod: also functions that read no request read switches, and
 * building schemas is most of a cold start.
 */
type Check<Value> = (value: unknown) => value is Value;

interface Field<Value, Required extends boolean> {
  readonly is: Check<Value>;
  readonly required: Required;
}

/** One field for each member of the type; an optional member has an optional one. */
export type Fields<Made> = {
  readonly [Name in keyof Made]-?: Field<
    Required<Made>[Name],
    Record<never, never> extends Pick<Made, Name> ? false : true
  >;
};

const field = <Value>(is: Check<Value>): Field<Value, true> => ({ is, required: true });
export const optional = <Value>({ is }: Field<Value, true>): Field<Value, false> => ({ is, required: false });

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isList = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

export const text = field(isText);
export const number = field(isNumber);
export const yes = field((value): value is true => value === true);
export const texts = field(isList);
/** Numbers by a text; null where there was none. */
export const numbersOrNull = field(
  (value): value is Readonly<Record<string, number | null>> =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => one === null || isNumber(one)),
);

/** @returns the names of the fields that are missing or of another type. */
export const wrongFields = (
  fields: Readonly<Record<string, Field<unknown, boolean>>>,
  made: unknown,
): string[] => {
  const found = new Map<string, unknown>(Object.entries(made ?? {}));
  return Object.entries(fields).flatMap(([name, { is, required }]) => {
    const value = found.get(name);
    return (value === undefined ? required : !is(value)) ? [name] : [];
  });
};
