import { AwsError } from '../../core/errors';
import type { Content, ParameterDefinition } from './content';

const refuse = (message: string) => new AwsError('InvalidParameters', message);

const isJson = (text: string, test: (parsed: unknown) => boolean): boolean => {
  try {
    return test(JSON.parse(text));
  } catch {
    return false;
  }
};

const fitsType = ({ type }: ParameterDefinition, value: string): boolean => {
  switch (type) {
    case 'Integer':
      return /^-?\d+$/.test(value);
    case 'Boolean':
      return /^(true|false)$/i.test(value);
    case 'StringMap':
      return isJson(
        value,
        (parsed) => typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed),
      );
    case 'MapList':
      return isJson(value, (parsed) => typeof parsed === 'object' && parsed !== null);
    case 'String':
    case 'StringList':
      return true;
  }
};

const checkValue = (name: string, definition: ParameterDefinition, value: string) => {
  const { allowedValues, allowedPattern, minChars, maxChars, type } = definition;
  if (!fitsType(definition, value))
    throw refuse(`Parameter "${name}" has value "${value}", which is no ${type}.`);
  if (allowedValues && !allowedValues.map(String).includes(value))
    throw refuse(`Parameter "${name}" has value "${value}" not in [${allowedValues.join(', ')}].`);
  if (allowedPattern !== undefined && !new RegExp(allowedPattern).test(value))
    throw refuse(`Parameter "${name}" has value "${value}" not matching "${allowedPattern}".`);
  if (minChars !== undefined && value.length < minChars)
    throw refuse(`Parameter "${name}" has fewer than ${String(minChars)} characters.`);
  if (maxChars !== undefined && value.length > maxChars)
    throw refuse(`Parameter "${name}" has more than ${String(maxChars)} characters.`);
};

const checkCount = (name: string, { type, minItems, maxItems }: ParameterDefinition, count: number) => {
  if (type !== 'StringList' && type !== 'MapList' && count !== 1)
    throw refuse(`Parameter "${name}" of type ${type} takes one value, got ${String(count)}.`);
  if (minItems !== undefined && count < minItems)
    throw refuse(`Parameter "${name}" has fewer than ${String(minItems)} items.`);
  if (maxItems !== undefined && count > maxItems)
    throw refuse(`Parameter "${name}" has more than ${String(maxItems)} items.`);
};

/** Checks a command's parameters against its document. @throws InvalidParameters */
export const checkParameters = (
  { parameters: definitions = {} }: Content,
  given: Readonly<Record<string, readonly string[]>>,
): void => {
  const unknown = Object.keys(given).find((name) => !(name in definitions));
  if (unknown !== undefined) throw refuse(`Parameter "${unknown}" is not defined in the document.`);
  for (const [name, definition] of Object.entries(definitions)) {
    const values = given[name];
    if (values === undefined) {
      if (definition.default === undefined && !/^\(Optional\)/.test(definition.description ?? ''))
        throw refuse(`Parameter "${name}" requires a value.`);
      continue;
    }
    checkCount(name, definition, values.length);
    for (const value of values) checkValue(name, definition, value);
  }
};
