import { messageOf } from './failure';

/** A DynamoDB item holds 400 KB in all; the rest is for the mark. */
const maxResultBytes = 380_000;

/** An effect's result as it is kept. One that cannot be kept is no failure, since the effect has happened. */
export const keptResult = (
  result: unknown,
): { readonly json: string | undefined; readonly notKept?: string } => {
  if (result === undefined) return { json: undefined };
  try {
    const json = JSON.stringify(result) as string | undefined;
    if (json === undefined) return { json, notKept: 'the result is no JSON value' };
    const bytes = Buffer.byteLength(json);
    if (bytes <= maxResultBytes) return { json };
    const problem = `the result has ${String(bytes)} bytes, expected at most ${String(maxResultBytes)}`;
    return { json: undefined, notKept: problem };
  } catch (error) {
    return { json: undefined, notKept: messageOf(error) };
  }
};

export const readResult = (json: string | undefined): unknown =>
  json === undefined ? undefined : (JSON.parse(json) as unknown);
