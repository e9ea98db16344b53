import type {
  PutEventsCommandInput,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { AwsError } from '../core/errors';
import type { Action, BusEvent } from '../core/service';

const entryLimitBytes = 262_144;
/** API reference, PutEventsRequestEntry, DetailType. */
const detailTypeLength = 128;

/** User guide, "Calculating PutEvents event entry size". */
const sizeOf = ({
  Time,
  Source = '',
  DetailType = '',
  Detail = '',
  Resources = [],
}: PutEventsRequestEntry): number =>
  (Time ? 14 : 0) + Buffer.byteLength([Source, DetailType, Detail, ...Resources].join(''));

const isObject = (text: string): boolean => {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** The error of an entry that EventBridge refuses. Only AWS may use a source that begins with `aws.`. */
const problemOf = (entry: PutEventsRequestEntry): PutEventsResultEntry | undefined => {
  const missing = (['Source', 'DetailType', 'Detail'] as const).find((key) => !entry[key]);
  if (missing !== undefined) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
    };
  }
  if ((entry.DetailType ?? '').length > detailTypeLength) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter DetailType is not valid. Reason: DetailType must be shorter than ${String(detailTypeLength)} characters.`,
    };
  }
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  return isObject(entry.Detail ?? '')
    ? undefined
    : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
};

/**
 * Puts up to ten custom events on the default bus. Each entry succeeds or fails on its own.
 * @param put puts one event on the bus and returns its id
 */
export const putEvents = (
  put: (event: BusEvent) => string,
): Action<PutEventsCommandInput, PutEventsResponse> => ({
  requires: ({ Entries: entries = [] }, region) => [
    {
      action: 'events:PutEvents',
      resource: region.arn('events', 'event-bus/default'),
      context: {
        'events:source': entries.map(({ Source = '' }) => Source),
        'events:detail-type': entries.map(({ DetailType = '' }) => DetailType),
      },
    },
  ],
  run: ({ Entries: entries = [] }) => {
    const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    const invalid = (message: string) => new AwsError('ValidationException', message);
    if (entries.length < 1 || entries.length > 10) throw invalid('Entries must hold 1 to 10 entries.');
    if (size > entryLimitBytes) throw invalid('Total size of the entries in the request is over the limit.');
    const results = entries.map((entry): PutEventsResultEntry => {
      const problem = problemOf(entry);
      if (problem) return problem;
      const id = put({
        source: entry.Source ?? '',
        detailType: entry.DetailType ?? '',
        detail: JSON.parse(entry.Detail ?? ''),
        resources: entry.Resources ?? [],
        ...(entry.Time !== undefined && { time: new Date(entry.Time).getTime() }),
      });
      return { EventId: id };
    });
    const FailedEntryCount = results.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
    return { FailedEntryCount, Entries: results } satisfies PutEventsResponse;
  },
});
