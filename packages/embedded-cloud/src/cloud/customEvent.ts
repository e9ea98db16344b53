import type { PutEventsResponse } from '@aws-sdk/client-eventbridge';
import type { Region } from '../core/service';

/** An event as `PutEvents` takes it; `Detail` may be an object. */
export interface CustomEvent {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: unknown;
  /** ARNs. */
  readonly Resources?: readonly string[];
  /** When it happened, as ISO 8601; by default when it is put. */
  readonly Time?: string;
}

const publishOwn = (region: Region, { Source, DetailType, Detail, Resources = [], Time }: CustomEvent) =>
  region.publish({
    source: Source,
    detailType: DetailType,
    detail: typeof Detail === 'string' ? (JSON.parse(Detail) as unknown) : Detail,
    resources: Resources,
    ...(Time !== undefined && { time: Date.parse(Time) }),
  });

/**
 * Puts an event on a region's default bus, as AWS itself where its source begins with `aws.`.
 * @param putEvents makes the call as a person
 * @throws EventRefused with what EventBridge answers
 */
export const putCustomEvent = async (
  region: Region,
  event: CustomEvent,
  putEvents: (input: object) => Promise<unknown>,
): Promise<void> => {
  const { Source, DetailType, Detail, Resources = [], Time } = event;
  if (Source.startsWith('aws.')) {
    publishOwn(region, event);
    return;
  }
  const detail = typeof Detail === 'string' ? Detail : JSON.stringify(Detail);
  const when = Time === undefined ? {} : { Time: new Date(Time) };
  const answer = await putEvents({ Entries: [{ Source, DetailType, Detail: detail, Resources, ...when }] });
  const [refused] = (answer as PutEventsResponse).Entries ?? [];
  if (refused?.ErrorCode !== undefined)
    throw Object.assign(
      new Error(`EventBridge does not take the event: ${refused.ErrorCode}: ${refused.ErrorMessage ?? ''}`),
      { name: 'EventRefused' },
    );
};
