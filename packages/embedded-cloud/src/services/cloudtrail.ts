import type { LookupEventsCommandInput, LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail';
import { AwsError } from '../core/errors';
import type { Action, Caller, Region, Service } from '../core/service';
import { recordEvent } from '../cloudtrail/recorded';
import { shownEvent, sourceOf } from '../cloudtrail/shown';
import type { CloudTrailState, TrailEvent } from '../cloudtrail/state';

declare module '../core/service' {
  interface Services {
    cloudtrail: CloudTrailService;
  }
}

export interface CloudTrailService extends Service<CloudTrailState> {
  /** Keeps a change that has succeeded. */
  record(call: { caller: Caller; service: string; action: string; input: unknown }): void;
}

type Answer<Output> = Omit<Output, '$metadata'>;

/** LookupEvents answers 50 events at most, and looks 90 days back (API Reference). */
const maxPage = 50;
const historyMs = 90 * 86_400_000;

const refused = (code: string, message: string): AwsError => new AwsError(code, message);

/** What an event has of each attribute that can be looked up. */
const attributes: Readonly<Record<string, (event: TrailEvent) => string>> = {
  EventId: ({ id }) => id,
  EventName: ({ name }) => name,
  EventSource: sourceOf,
  ReadOnly: () => 'false',
  Username: ({ caller }) => caller.name,
};

/** "You can specify only one lookup attribute" (API Reference, LookupEvents). */
const matching = ({ LookupAttributes: asked = [] }: LookupEventsCommandInput) => {
  const [one, ...others] = asked;
  if (others.length > 0)
    throw refused('InvalidLookupAttributesException', 'You can specify only one lookup attribute.');
  if (!one) return () => true;
  const attribute = attributes[one.AttributeKey ?? ''];
  if (!attribute)
    throw refused(
      'InvalidLookupAttributesException',
      `The embedded cloud looks up no ${one.AttributeKey ?? 'attribute without a key'}.`,
    );
  return (event: TrailEvent) => attribute(event) === one.AttributeValue;
};

const lookupEvents: Action<LookupEventsCommandInput, Answer<LookupEventsCommandOutput>> = {
  requires: () => [{ action: 'cloudtrail:LookupEvents', resource: '*' }],
  run: (input, region) => {
    const { MaxResults: size = maxPage, NextToken: token = '0' } = input;
    if (size < 1 || size > maxPage)
      throw refused('InvalidMaxResultsException', 'MaxResults must be from 1 to 50.');
    const from = Number(token);
    if (!Number.isInteger(from)) throw refused('InvalidNextTokenException', 'Invalid next token.');
    const since = Math.max(input.StartTime?.getTime() ?? 0, region.now() - historyMs);
    const until = input.EndTime?.getTime() ?? Infinity;
    if (since > until)
      throw refused('InvalidTimeRangeException', 'The start time is later than the end time.');
    const isAsked = matching(input);
    const found = region
      .service('cloudtrail')
      .state.events.filter(
        (event) =>
          event.visibleAt <= region.now() && event.at >= since && event.at <= until && isAsked(event),
      )
      .reverse();
    const end = from + size;
    return {
      Events: found.slice(from, end).map((event) => shownEvent(event, region)),
      ...(end < found.length && { NextToken: String(end) }),
    } satisfies Answer<LookupEventsCommandOutput>;
  },
};

/** The event history that every account has, of the services that fleets are made of. Trails are not simulated. */
export const makeCloudTrail = (region: Region): CloudTrailService => {
  const service: CloudTrailService = {
    state: { events: [] },
    actions: { LookupEvents: lookupEvents },
    due: (kind) => {
      throw new Error(`CloudTrail puts nothing on the agenda, got ${kind}.`);
    },
    record: (call) => {
      recordEvent(service.state.events, region, call);
    },
  };
  return service;
};
