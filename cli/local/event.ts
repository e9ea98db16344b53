import { UsageError } from '../terminal/errors';

/** An entry of PutEvents. */
export interface EventEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: unknown;
  readonly Resources: string[];
}

/**
 * Reads an event in JSON, as EventBridge delivers it (`detail-type`) or as PutEvents takes it (`DetailType`).
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
  };
};
