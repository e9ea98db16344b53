import { readPath } from '../states/path';
import type { Envelope, Target } from './state';

const at = (path: string, event: Envelope): unknown => readPath(path, event, undefined);

/** An instant as events tell it, in whole seconds. */
export const eventTime = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/**
 * Fills an input template. A value inside quotes loses its own quotes; elsewhere it stays JSON. A path without a
 * value gives an empty text.
 */
const transform = (target: Target, event: Envelope, ingestedAt: number): string => {
  const { InputPathsMap = {}, InputTemplate = '' } = target.InputTransformer ?? {};
  const values: Record<string, unknown> = {
    'aws.events.event': event,
    'aws.events.event.ingestion-time': eventTime(ingestedAt),
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, at(path, event)])),
  };
  let quoted = false;
  return InputTemplate.replace(/\\"|"|<([\w.-]+)>/g, (whole: string, name: string | undefined) => {
    if (whole === '"') quoted = !quoted;
    if (name === undefined || !(name in values)) return whole;
    const value = values[name];
    if (value === undefined) return '';
    const json = JSON.stringify(value);
    if (!quoted) return json;
    return typeof value === 'string' ? json.slice(1, -1) : JSON.stringify(json).slice(1, -1);
  });
};

/**
 * The input that a target gets for an event, as JSON text (user guide, "Amazon EventBridge input transformation").
 * @param ingestedAt when the bus took the event, epoch milliseconds; the event's own time is the caller's
 */
export const targetInputOf = (
  target: Target,
  event: Envelope,
  ingestedAt = Date.parse(event.time),
): string => {
  if (target.Input !== undefined) return target.Input;
  if (target.InputTransformer) return transform(target, event, ingestedAt);
  const chosen = target.InputPath === undefined ? event : at(target.InputPath, event);
  return JSON.stringify(chosen ?? {});
};
