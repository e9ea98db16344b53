import { nearest } from '../application/nearest';
import type { CommandParameters } from './request';

/** A parameter as a command document declares it (Systems Manager User Guide, "Top-level data elements"). */
export interface DeclaredParameter {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly allowedPattern?: string;
  readonly minChars?: number;
  readonly maxChars?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export type DeclaredParameters = Readonly<Record<string, DeclaredParameter>>;

/** @param content of a document, as JSON. */
export const declaredIn = (content: string): DeclaredParameters =>
  (JSON.parse(content) as { parameters?: DeclaredParameters }).parameters ?? {};

const shown = (value: string): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
};

const isObject = (text: string, lists: boolean): boolean => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && (lists || !Array.isArray(parsed));
  } catch {
    return false;
  }
};

/** What a value of a type looks like; undefined where it fits. */
const unfit = (type: string, value: string): string | undefined => {
  switch (type) {
    case 'Integer':
      return /^-?\d+$/.test(value) ? undefined : 'a whole number';
    case 'Boolean':
      return /^(true|false)$/i.test(value) ? undefined : 'true or false';
    case 'StringMap':
      return isObject(value, false) ? undefined : 'an object as JSON';
    case 'MapList':
      return isObject(value, true) ? undefined : 'objects as JSON';
    default:
      return undefined;
  }
};

/** A pattern may use what only Java's engine knows: then Systems Manager alone can judge. */
const matches = (pattern: string, value: string): boolean => {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return true;
  }
};

const ofValue = (declared: DeclaredParameter, value: string): string | undefined => {
  const { type = 'String', allowedValues, allowedPattern, minChars, maxChars } = declared;
  const form = unfit(type, value);
  if (form !== undefined) return `expected ${form}`;
  if (allowedValues && !allowedValues.map(String).includes(value))
    return `expected one of ${allowedValues.map(String).join(', ')}`;
  if (allowedPattern !== undefined && !matches(allowedPattern, value))
    return `expected what matches ${allowedPattern}`;
  if (minChars !== undefined && value.length < minChars)
    return `expected at least ${String(minChars)} characters`;
  if (maxChars !== undefined && value.length > maxChars)
    return `expected at most ${String(maxChars)} characters`;
  return undefined;
};

const ofCount = ({ type = 'String', minItems, maxItems }: DeclaredParameter, count: number) => {
  if (!type.includes('List') && count !== 1) return `expected one value of type ${type}`;
  if (minItems !== undefined && count < minItems) return `expected at least ${String(minItems)}`;
  if (maxItems !== undefined && count > maxItems) return `expected at most ${String(maxItems)}`;
  return undefined;
};

const isRequired = (declared: DeclaredParameter): boolean =>
  declared.default === undefined && !/^\(Optional\)/i.test(declared.description ?? '');

const ofGiven = (name: string, declared: DeclaredParameter, values: readonly string[]): string[] => {
  const count = ofCount(declared, values.length);
  if (count !== undefined) return [`Parameter ${name} is given ${String(values.length)} values; ${count}.`];
  return values.flatMap((value) => {
    const problem = ofValue(declared, value);
    return problem === undefined ? [] : [`Parameter ${name} would be ${shown(value)}; ${problem}.`];
  });
};

/** What SendCommand would refuse, as `InvalidParameters`, of what a document is to be given; a sentence each. */
export const parameterProblems = (declared: DeclaredParameters, given: CommandParameters): string[] => {
  const known = Object.keys(declared);
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  return [
    ...unknown.map((name) => {
      const near = nearest(name, known);
      const advice =
        near === undefined
          ? `it takes ${known.length === 0 ? 'none' : known.join(', ')}`
          : `did you mean ${near}?`;
      return `It takes no parameter ${name}; ${advice}${advice.endsWith('?') ? '' : '.'}`;
    }),
    ...Object.entries(declared).flatMap(([name, parameter]) => {
      const values = Object.hasOwn(given, name) ? given[name] : undefined;
      if (values !== undefined) return ofGiven(name, parameter, values);
      return isRequired(parameter)
        ? [`Its parameter ${name} is missing; name it in provisioning.parameters.`]
        : [];
    }),
  ];
};
