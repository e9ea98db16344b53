import { type CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { messageOf, nameOf } from '../aws/failure';
import type { TrailQuestion } from './findings';

/** What is asked for one difference. Times are epoch milliseconds. */
export interface TrailAsked {
  readonly key: string;
  readonly question: TrailQuestion;
  /** Nothing that was before can be the reason. */
  readonly since: number;
}

interface TrailPlace {
  readonly region: string;
  /** What the names of our own roles begin with: `forseti-production-`. */
  readonly ownPrefix: string;
}

/** One look-up is one call of an API that takes two a second of the whole account (API Reference, LookupEvents). */
const maxLookups = 8;
/** Event history goes so far back. */
const historyMs = 90 * 86_400_000;

/** As much of a record as is read (User Guide, "CloudTrail record contents"). */
interface TrailRecord {
  readonly userIdentity?: { readonly arn?: string; readonly invokedBy?: string; readonly type?: string };
  readonly requestParameters?: unknown;
  readonly userAgent?: string;
  readonly sourceIPAddress?: string;
  readonly errorCode?: string;
}

const recordOf = ({ CloudTrailEvent: text }: Event): TrailRecord => {
  try {
    return JSON.parse(text ?? '{}') as TrailRecord;
  } catch {
    return {};
  }
};

const values = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(values)
      : [];

/** A name stands alone, or within an ARN. */
const mentions = (request: unknown, name: string): boolean =>
  values(request).some((value) => value === name || value.split(/[/:]/).includes(name));

const fits = (
  { mentions: names, members }: TrailQuestion,
  { requestParameters: request }: TrailRecord,
): boolean =>
  names.every((name) => mentions(request, name)) &&
  (members === undefined ||
    (typeof request === 'object' && request !== null && members.some((member) => member in request)));

/** `with Terraform`, `through cloudformation.amazonaws.com`. */
const means = ({ userAgent = '', sourceIPAddress = '', userIdentity }: TrailRecord): string => {
  const through = [userIdentity?.invokedBy ?? '', sourceIPAddress].find((name) =>
    name.endsWith('.amazonaws.com'),
  );
  if (through !== undefined) return ` through ${through}`;
  const tool = /terraform|opentofu|pulumi|ansible|boto3|aws-cli|console/i.exec(userAgent)?.[0];
  return tool === undefined ? '' : ` with ${tool}`;
};

const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');

const found = (event: Event, record: TrailRecord): string =>
  `${event.EventName ?? ''} by ${record.userIdentity?.arn ?? event.Username ?? record.userIdentity?.type ?? 'somebody'}` +
  `${means(record)} at ${instant(event.EventTime?.getTime() ?? 0)}`;

const lookupCommand = (action: string, { region }: TrailPlace): string =>
  `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=${action} --region ${region}`;

type LookedUp = readonly Event[] | { readonly problem: string };

const lookUp = async (cloudTrail: CloudTrailClient, action: string, since: number): Promise<LookedUp> => {
  try {
    const { Events: events = [] } = await cloudTrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: action }],
        StartTime: new Date(since),
        MaxResults: 50,
      }),
    );
    return events;
  } catch (error) {
    return { problem: `${nameOf(error)}: ${messageOf(error)}` };
  }
};

const answer = (
  { question, since }: TrailAsked,
  looked: ReadonlyMap<string, LookedUp>,
  place: TrailPlace,
): string => {
  const answers = question.actions.map((action) => looked.get(action));
  const events = answers
    .flatMap((one): readonly Event[] => (one && !('problem' in one) ? one : []))
    .filter(({ EventTime: at }) => at !== undefined && at.getTime() >= since)
    .sort((a, b) => (b.EventTime?.getTime() ?? 0) - (a.EventTime?.getTime() ?? 0));
  for (const event of events) {
    const record = recordOf(event);
    if (record.errorCode !== undefined || !fits(question, record)) continue;
    // What was before our own last change is not the reason.
    if (record.userIdentity?.arn?.includes(`:assumed-role/${place.ownPrefix}`) === true) break;
    return found(event, record);
  }
  const problem = answers.find((one) => one && 'problem' in one);
  const why =
    problem && 'problem' in problem
      ? `CloudTrail could not be asked (${problem.problem})`
      : answers.includes(undefined)
        ? 'CloudTrail was not asked about so many differences at once'
        : `CloudTrail names nobody since ${instant(since)}; its events may come later`;
  return `unknown: ${why}. To look again: ${lookupCommand(question.actions[0] ?? '', place)}`;
};

/**
 * Who made the differences, as far as CloudTrail's event history says. It asks once for each API action, one after the
 * other. Not knowing is an answer, never an error.
 */
export const askTrail = async (
  cloudTrail: CloudTrailClient,
  place: TrailPlace,
  asked: readonly TrailAsked[],
  now: number,
): Promise<ReadonlyMap<string, string>> => {
  const bounded = asked.map((one) => ({ ...one, since: Math.max(one.since, now - historyMs) }));
  const looked = new Map<string, LookedUp>();
  const actions = [...new Set(bounded.flatMap(({ question }) => question.actions))].slice(0, maxLookups);
  for (const action of actions) {
    const times = bounded
      .filter(({ question }) => question.actions.includes(action))
      .map(({ since }) => since);
    looked.set(action, await lookUp(cloudTrail, action, Math.min(...times)));
  }
  return new Map(bounded.map((one) => [one.key, answer(one, looked, place)]));
};
