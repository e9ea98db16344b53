/**
 * What every simulated AWS service is made of, and what the cloud gives it.
 *
 * A service keeps its state as plain JSON (it is saved and restored as it stands), answers actions,
 * and puts what happens later into the cloud's agenda as plain data: it never sets a timer of its own.
 */
import type { BusEvent } from './busEvent';
import type { Caller } from './caller';
import type { Faults } from './faults';

export type { BusEvent } from './busEvent';
export type { Caller } from './caller';

/** IAM's prefixes, which also name the services here. */
export interface Services {
  [name: string]: Service;
}

/** One permission that IAM must allow for a call; all requirements of a call must be allowed. */
export interface Requirement {
  /** For example `ec2:CreateImage`. */
  readonly action: string;
  /** An ARN, or `*` where AWS has no resource-level permission for the action. */
  readonly resource: string;
  /** Condition keys, in lower case, for example `aws:requesttag/team`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** One API action of a service. `Input` and `Output` are the SDK's own types. */
export interface Action<Input, Output> {
  /** What the call needs; may look at the state (an instance's tags), must not change it. */
  requires(input: Input, region: Region, caller: Caller): readonly Requirement[];
  /** Does it; refuses with an {@link AwsError} as AWS would. Input and output are deep copies. */
  run(input: Input, region: Region, caller: Caller): Output | Promise<Output>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table of actions of many input types
export type AnyAction = Action<any, unknown>;

export interface Service<State = unknown> {
  /** Plain JSON: no Date, Map, class or function. Times are epoch milliseconds. Replaced as a whole on restore. */
  state: State;
  /** By the SDK command's name without `Command`: `DescribeInstances`. */
  readonly actions: Readonly<Record<string, AnyAction>>;
  /** An entry of the agenda that this service put there has come due. */
  due(kind: string, payload: unknown): void | Promise<void>;
  /** Whether nothing runs that is not in the state (executions, code of functions); quiet where it is not given. */
  quiet?(): boolean;
  /** Gives up what is not in the state (warm sandboxes), as a saved and restored cloud does. */
  renew?(): void;
}

/** Seeded chance: the only source of randomness in the cloud. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A duration around `middle`, at most `spread` (a share of it) away. */
  around(middle: number, spread?: number): number;
  /** A whole number in [from, to]. */
  integer(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
}

/** A stretch of time that AWS took for something: the ground truth from which overhead is computed. */
export interface Span {
  /** `verdict`: until so many health checks have seen a changed application that a failing one would be unhealthy. */
  readonly kind:
    | 'command'
    | 'image'
    | 'refresh'
    | 'draining'
    | 'standby'
    | 'boot'
    | 'agent'
    | 'health'
    | 'verdict'
    | 'bake';
  readonly subject: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** One region of the cloud, as its services see it. */
export interface Region {
  readonly name: string;
  readonly account: string;
  readonly partition: 'aws';
  readonly chance: Chance;
  /** Chance for one subject, such as a function or a rule, whose draws nothing else shifts. */
  chanceOf(subject: string): Chance;
  readonly faults: Faults;
  /** How long things take, in milliseconds unless the name says otherwise; from the cloud's description. */
  readonly timings: Timings;
  /** Epoch milliseconds of virtual time. */
  now(): number;
  /** A fresh id in AWS's form: `newId('i-')` gives `i-` and 17 hexadecimal digits; `newId()` a UUID. */
  newId(prefix?: string): string;
  /** The ARN of a resource of this region and account: `arn('sqs', 'name')`. */
  arn(service: string, resource: string): string;
  /** Puts `{service, kind, payload}` on the agenda, due in `delayMs`. */
  schedule(delayMs: number, service: string, kind: string, payload: unknown): void;
  /** The service of that name in this region. */
  service<Name extends keyof Services>(name: Name): Services[Name];
  /** Emits an AWS event on the default bus (with the bus's delay, and its faults). */
  publish(event: BusEvent): void;
  /** Calls another service as AWS itself would, on behalf of `caller`: IAM is checked, faults are not. */
  call<Output>(caller: Caller, service: string, action: string, input: unknown): Promise<Output>;
  /** Notes a stretch of time that AWS took. */
  span(span: Span): void;
  /** Counts what costs money besides calls: `stateTransitions`, `lambdaRequests`, ... (see cloud/pricing.ts). */
  meter?(name: string, quantity: number): void;
  /** The same region of another name (copies of images, global tables). Undefined where it does not exist. */
  other(name: string): Region | undefined;
}

/** Durations in milliseconds. Every one can be set in the description; each has its spread as a share. */
export interface Timings {
  readonly apiMs: number;
  readonly coldStartMs: number;
  readonly warmStartMs: number;
  /** How long an idle sandbox stays warm. */
  readonly warmForMs: number;
  readonly transitionMs: number;
  readonly eventMs: number;
  /** From a message's being visible to the event source mapping's invocation. */
  readonly queueMs: number;
  /** From a write to a global table to its arrival in the other regions; 800 by default. */
  readonly replicationMs?: number;
  readonly spread: number;
  /** From RunInstances to `running`. */
  readonly bootMs: number;
  /** From `running` to the SSM agent's first ping. */
  readonly agentMs: number;
  /** From registration to the first healthy check is the target group's own interval and threshold; this is the application's start. */
  readonly applicationStartMs: number;
  /** CreateImage to `available`. */
  readonly imageMs: number;
  /** CopyImage to `available`. */
  readonly imageCopyMs: number;
  /** One invocation of a provisioning document on one instance. */
  readonly commandMs: number;
  readonly terminateMs: number;
}
