import type { Span } from '../core/service';
import type { InstanceCount } from './usage';

/** One call that reached the cloud, in the order of arrival. */
export interface CallRecord {
  /** Epoch milliseconds of virtual time. */
  readonly at: number;
  readonly region: string;
  /** The function's, person's or service's name. */
  readonly caller: string;
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  /** Whether it could change anything; dry runs do not. */
  readonly mutating: boolean;
  /** The error's code on the wire, if the call was refused. */
  error?: string;
}

export interface RecordState {
  /** By service and action. */
  counters: Record<string, Record<string, number>>;
  /** By caller, service and action, for fault plans. */
  seen: Record<string, number>;
  /** Quantities that cost money besides calls, by name (see pricing). */
  meters: Record<string, number>;
  /** By region. */
  instances: Record<string, InstanceCount>;
  spans: Span[];
}

export const emptyRecord = (): RecordState => ({
  counters: {},
  seen: {},
  meters: {},
  instances: {},
  spans: [],
});

const reading =
  /^(BatchGet|Describe|Get|List|Lookup|Query|Receive|Scan|Select|Test|TransactGet|Validate|View)/;

/** Whether an action can change anything, judged by AWS's naming convention. */
export const isMutating = (action: string, input: unknown): boolean =>
  !reading.test(action) && (input as { DryRun?: unknown } | undefined)?.DryRun !== true;

/** Counts a call. @returns how many calls of this caller, service and action came before */
export const countCall = (
  record: RecordState,
  call: { caller: string; service: string; action: string },
): number => {
  const actions = (record.counters[call.service] ??= {});
  actions[call.action] = (actions[call.action] ?? 0) + 1;
  const key = `${call.caller}/${call.service}/${call.action}`;
  const before = record.seen[key] ?? 0;
  record.seen[key] = before + 1;
  return before;
};

/** What `cloud.calls` shows. */
export class Calls {
  /** Calls since the cloud was created or restored; the list is not part of a snapshot. */
  readonly list: CallRecord[] = [];
  /** Whether calls are listed; they are always counted. A run of a million calls has no room for a list. */
  isListing = true;

  constructor(private readonly state: () => RecordState) {}

  /** Numbers of calls by service and action, since the cloud was first created. */
  get counters(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return this.state().counters;
  }

  get total(): number {
    const actions = Object.values(this.counters).flatMap((each) => Object.values(each));
    return actions.reduce((sum, number) => sum + number, 0);
  }

  /** Calls that could change something. */
  get mutating(): readonly CallRecord[] {
    return this.list.filter((call) => call.mutating);
  }
}
