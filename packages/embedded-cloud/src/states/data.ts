import type { TaskState } from './definition';
import { StateFailure } from './failure';
import { readPath, writePath } from './path';
import { fillTemplate, type Source } from './template';

/** Limit of a state's input or output in UTF-8 bytes. */
export const sizeLimitBytes = 262_144;

/** @throws StateFailure States.DataLimitExceeded */
export const checkSize = (value: unknown, state: string): void => {
  if (Buffer.byteLength(JSON.stringify(value)) <= sizeLimitBytes) return;
  const why = `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  throw new StateFailure('States.DataLimitExceeded', why);
};

/** The value that InputPath or OutputPath selects: everything if it is omitted, an empty object if it is null. */
export const chosen = (
  path: string | null | undefined,
  { value, context }: Source,
  field: string,
): unknown => {
  if (path === undefined) return value;
  if (path === null) return {};
  const found = readPath(path, value, context);
  if (found !== undefined) return found;
  throw new StateFailure(
    'States.Runtime',
    `Invalid path '${path}': the field '${field}' references a value that is not there.`,
  );
};

/** Puts a result into the state's input at ResultPath. By default the result replaces the input. */
export const withResult = (path: string | null | undefined, input: unknown, result: unknown): unknown => {
  if (path === undefined) return result;
  try {
    return writePath(path, input, result);
  } catch {
    const why = `Unable to apply ReferencePath ${String(path)} to input ${JSON.stringify(input)}`;
    throw new StateFailure('States.ResultPathMatchFailure', why);
  }
};

/** Applies InputPath, then Parameters. */
export const effectiveInput = (
  state: { readonly InputPath?: string | null; readonly Parameters?: unknown },
  source: Source,
): unknown => {
  const value = chosen(state.InputPath, source, 'InputPath');
  return state.Parameters === undefined ? value : fillTemplate(state.Parameters, { ...source, value });
};

/** Applies ResultSelector, ResultPath and OutputPath. */
export const outputOf = (
  state: Pick<TaskState, 'ResultSelector' | 'ResultPath' | 'OutputPath'>,
  source: Source,
  result: unknown,
): unknown => {
  const { context } = source;
  const selected =
    state.ResultSelector === undefined
      ? result
      : fillTemplate(state.ResultSelector, { value: result, context });
  const value = withResult(state.ResultPath, source.value, selected);
  return chosen(state.OutputPath, { value, context }, 'OutputPath');
};
