import { StateFailure } from './failure';
import { evaluateIntrinsic } from './intrinsic';
import { readPath } from './path';

/** The sources of paths: a state's input (or a task's result), and the context object. */
export interface Source {
  readonly value: unknown;
  readonly context: unknown;
}

const fill = (key: string, text: unknown, source: Source): unknown => {
  if (typeof text !== 'string')
    throw new StateFailure('States.Runtime', `The value of '${key}' is not a path.`);
  const read = (path: string): unknown => {
    const found = readPath(path, source.value, source.context);
    if (found !== undefined) return found;
    const problem = `The JSONPath '${path}' specified for the field '${key}' could not be found in the input`;
    throw new StateFailure('States.ParameterPathFailure', problem);
  };
  if (text.startsWith('$')) return read(text);
  try {
    return evaluateIntrinsic(text, read);
  } catch (error) {
    if (error instanceof StateFailure) throw error;
    throw new StateFailure('States.IntrinsicFailure', (error as Error).message);
  }
};

/**
 * Fills a payload template (`Parameters`, `ResultSelector`). Members whose name ends in `.$` are paths or intrinsic
 * functions. They lose that ending.
 *
 * @throws StateFailure States.ParameterPathFailure, States.IntrinsicFailure
 */
export const fillTemplate = (template: unknown, source: Source): unknown => {
  if (Array.isArray(template)) return template.map((one: unknown) => fillTemplate(one, source));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), fill(key, value, source)] : [key, fillTemplate(value, source)],
    ),
  );
};
