import type { WayBack } from '../rollback/wayBack';
import type { AccountConcurrency } from './alarmConcurrency';

/** What `forseti doctor` looks at: read once, judged by pure checks. All times are epoch milliseconds. */
export interface HealthFacts {
  readonly now: number;
  readonly region: string;
  readonly stage: string;
  /** Of the command that asks. */
  readonly version: string;
  readonly functions: readonly FunctionFact[];
  readonly machines: readonly { readonly name: string; readonly status?: string }[];
  readonly queues: readonly QueueFact[];
  readonly alarms: readonly AlarmFact[];
  readonly parked: readonly ParkedFact[];
  readonly open: readonly OpenFact[];
  readonly locks: readonly LockFact[];
  readonly freezes: readonly FreezeFact[];
  readonly applications: readonly ApplicationFact[];
  /** How fleets at rest differ from what Forseti left; `what` is a sentence without a full stop. */
  readonly drift: readonly { readonly application: string; readonly what: string; readonly mend: string }[];
  /** Where rollbacks would go to now, as the function WayBack says. */
  readonly waysBack: readonly WayBack[];
  /** How the stacks of the pair see themselves; absent where the stack lacks the function that knows. */
  readonly regions?: RegionsFact;
  /** Lambda's concurrency in the account. */
  readonly concurrency?: AccountConcurrency;
  readonly strays: readonly StrayInstanceFact[];
  /** What could not be read, and why: a problem of its own, never taken for well. */
  readonly unseen: readonly { readonly what: string; readonly why: string }[];
}

/** Which regions a stack takes for home and standby; `standby` is empty where there is none. */
export interface StackRegions {
  readonly home: string;
  readonly standby: string;
}

export interface RegionsFact extends StackRegions {
  /** The table that says which region is active. */
  readonly hasTable: boolean;
  /** The other region that this stack names, with its stack, if there is one. */
  readonly other?: { readonly region: string; readonly stack?: StackRegions };
  /** Set by hand: nothing changes the active region by itself. */
  readonly pinned?: { readonly active: string; readonly by: string; readonly since: number };
}

/** An instance that a deployment launched beside its fleet and that outlived it. */
export interface StrayInstanceFact {
  readonly id: string;
  /** Its tag `Name`. */
  readonly name: string;
  readonly deployment: string;
}

export interface FunctionFact {
  readonly name: string;
  readonly found: boolean;
  /** Lambda's `State` and `LastUpdateStatus`. */
  readonly state?: string;
  readonly lastUpdate?: string;
  readonly runtime?: string;
  readonly role?: string;
  readonly reservedConcurrency?: number;
  /**
   * Whether the stack gives it some of the account's concurrency for itself, so that a full account stops no rollback.
   */
  readonly reserves: boolean;
  /** Of Forseti, as its environment tells. */
  readonly version?: string;
}

export interface QueueFact {
  /** In the stack: `requests`, `requests-dead`. */
  readonly name: string;
  readonly found: boolean;
  readonly visible: number;
  readonly consumers: readonly { readonly function: string; readonly state: string }[];
}

export interface AlarmFact {
  readonly name: string;
  readonly state: string;
  readonly actionsEnabled: boolean;
  readonly since: number;
  readonly reason: string;
}

export interface ParkedFact {
  readonly deployment: string;
  readonly state: string;
  readonly deadlineAt: number;
  readonly lookAt: number;
}

export interface OpenFact {
  readonly deployment: string;
  readonly application: string;
  readonly execution: string;
  readonly acceptedAt: number;
  /** Step Functions' word; absent where it knows none such. */
  readonly status?: string;
  readonly stoppedAt?: number;
}

export interface LockFact {
  readonly fleet: string;
  readonly deployment: string;
  readonly owner: string;
  readonly takenAt: number;
  readonly status?: string;
  readonly stoppedAt?: number;
}

export interface FreezeFact {
  /** `*` for all. */
  readonly application: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  readonly until?: number;
}

export interface ApplicationFact {
  readonly name: string;
  /** What is wrong with its stored settings, by this version's schema. */
  readonly problem?: string;
  /** The group that the settings name, where there is none of that name. */
  readonly missingGroup?: string;
}

export type Subject =
  | 'stack'
  | 'functions'
  | 'queues'
  | 'alarms'
  | 'waiting'
  | 'records'
  | 'locks'
  | 'freezes'
  | 'settings'
  | 'drift'
  | 'way back'
  | 'instances'
  | 'regions'
  | 'versions';

/** One thing that is not well. */
export interface HealthProblem {
  readonly subject: Subject;
  readonly what: string;
  /** Commands, as they are typed into a shell; the first that fits. */
  readonly mend: string;
}
