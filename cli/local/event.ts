import { UsageError } from '../terminal/errors';

/** An entry of PutEvents. */
export interface EventEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: unknown;
  readonly Resources: string[];
  /** When it happened, as ISO 8601; by default when it is put. */
  readonly Time?: string;
}

/** @throws UsageError */
const parseTime = (time: unknown, file: string): string => {
  const at = typeof time === 'string' ? Date.parse(time) : NaN;
  if (Number.isFinite(at)) return new Date(at).toISOString();
  throw new UsageError(`Time of ${file} is no instant; expected one such as 2026-11-22T08:00:00Z.`);
};

/**
 * Reads an event in JSON, as EventBridge delivers it (`detail-type`) or as PutEvents takes it (`DetailType`). Only the
 * latter's `Time` says when it happened: the samples under events/ are delivered events of one day.
 * @param file for the messages.
 * @throws UsageError for anything else.
 */
export const parseEvent = (text: string, file: string): EventEntry => {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(
      `${file} is not JSON: ${error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error)}`,
    );
  }
  const [source, type, detail] = [
    event.source ?? event.Source,
    event['detail-type'] ?? event.DetailType,
    event.detail ?? event.Detail,
  ];
  if (typeof source !== 'string' || typeof type !== 'string' || detail === undefined)
    throw new UsageError(
      `${file} is no event; expected source, detail-type and detail, such as events/git-tag-pushed.json has.`,
    );
  const resources = event.resources ?? event.Resources;
  return {
    Source: source,
    DetailType: type,
    Detail: detail,
    Resources: Array.isArray(resources) ? resources.map(String) : [],
    ...(event.Time !== undefined && { Time: parseTime(event.Time, file) }),
  };
};
