import type { Event } from '@aws-sdk/client-cloudtrail';
import type { Region } from '../core/service';
import type { TrailEvent } from './state';

const hosts: Readonly<Record<string, string>> = { cloudwatch: 'monitoring' };
export const sourceOf = ({ service }: TrailEvent): string => `${hosts[service] ?? service}.amazonaws.com`;

/** CloudTrail writes the members of a request with a small first letter. */
const lowered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toLowerCase() + key.slice(1), lowered(inner)]),
  );
};

/** User Guide, "CloudTrail userIdentity element". A function acts with a session of its role. */
const identityOf = ({ caller: { kind, arn, name } }: TrailEvent, account: string) => {
  if (kind === 'person') return { type: 'IAMUser', arn, accountId: account, userName: name };
  if (kind === 'service') return { type: 'AWSService', invokedBy: name };
  const role = arn.slice(arn.lastIndexOf('/') + 1);
  return {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
    accountId: account,
    sessionContext: { sessionIssuer: { type: 'Role', arn, accountId: account, userName: role } },
  };
};

/** An event as LookupEvents answers it; `CloudTrailEvent` is the whole record as JSON. */
export const shownEvent = (event: TrailEvent, region: Region): Event => {
  const { id, at, name, caller, input } = event;
  const record = {
    eventVersion: '1.11',
    userIdentity: identityOf(event, region.account),
    eventTime: new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    eventSource: sourceOf(event),
    eventName: name,
    awsRegion: region.name,
    sourceIPAddress: caller.kind === 'person' ? '203.0.113.9' : caller.name,
    userAgent: caller.kind === 'person' ? 'aws-cli/2' : caller.name,
    requestParameters: lowered(input),
    responseElements: null,
    eventID: id,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: region.account,
    eventCategory: 'Management',
  };
  return {
    EventId: id,
    EventName: name,
    ReadOnly: 'false',
    EventTime: new Date(Math.floor(at / 1_000) * 1_000),
    EventSource: sourceOf(event),
    Username: caller.name,
    Resources: [],
    CloudTrailEvent: JSON.stringify(record),
  };
};
