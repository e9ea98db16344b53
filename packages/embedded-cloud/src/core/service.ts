/**
 * The parts that every simulated AWS service has, and what the cloud gives it.
 *
 * A service keeps its state as plain JSON, which is saved and restored unchanged. It answers actions, and puts what is
 * due later on the cloud's agenda as plain data. It never sets a timer of its own.
 */
import type { BusEvent } from './busEvent';
import type { Caller } from './caller';
import type { Faults } from './faults';

export type { BusEvent } from './busEvent';
export type { Caller } from './caller';

/** The services by IAM prefix, which is also their name here. */
export interface Services {
  [name: string]: Service;
}

/** One permission that IAM must allow for a call; all requirements of a call must be allowed. */
export interface Requirement {
  /** For example `ec2:CreateImage`. */
  readonly action: string;
  /** An ARN, or `*` if AWS has no resource-level permission for the action. */
  readonly resource: string;
  /** Condition keys, in lower case, for example `aws:requesttag/team`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** One API action of a service. `Input` and `Output` are the SDK's own types. */
export interface Action<Input, Output> {
  /** The permissions that the call needs. It may read the state (an instance's tags), but must not change it. */
  requires(input: Input, region: Region, caller: Caller): readonly Requirement[];
  /** Performs the action, or refuses with an {@link AwsError} as AWS would. Input and output are deep copies. */
  run(input: Input, region: Region, caller: Caller): Output | Promise<Output>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table of actions of many input types
export type AnyAction = Action<any, unknown>;

export interface Service<State = unknown> {
  /** Plain JSON: no Date, Map, class or function. Times are epoch milliseconds. A restore replaces the whole object. */
  state: State;
  /** By the SDK command's name without `Command`: `DescribeInstances`. */
  readonly actions: Readonly<Record<string, AnyAction>>;
  /** Called when an entry that this service put on the agenda is due. */
  due(kind: string, payload: unknown): void | Promise<void>;
  /**
   * Whether nothing is running that is not in the state (executions, code of functions). A service without it is always
   * quiet.
   */
  quiet?(): boolean;
  /** Drops what is not in the state (warm sandboxes), as saving and restoring does. */
  renew?(): void;
}

/** Seeded chance: the only source of randomness in the cloud. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A random duration around `middle`, at most `spread` (a share of it) away. */
  around(middle: number, spread?: number): number;
  /** A whole number in [from, to]. */
  integer(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
}

/** A period of time that AWS took for something: the measured truth from which overhead is computed. */
export interface Span {
  /**
   * `verdict`: from a change of the application until enough health checks have run that a failing one would be
   * unhealthy.
   */
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
  /** Chance for one subject, such as a function or a rule; draws for other subjects do not affect it. */
  chanceOf(subject: string): Chance;
  readonly faults: Faults;
  /** Durations from the cloud's description, in milliseconds unless the name says otherwise. */
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
  /** Emits an AWS event on the default bus, with the bus's delay and faults. */
  publish(event: BusEvent): void;
  /**
   * Calls another service as AWS itself would, on behalf of `caller`: IAM is checked, faults are not applied except
   * outages.
   */
  call<Output>(caller: Caller, service: string, action: string, input: unknown): Promise<Output>;
  /** Records a period of time that AWS took. */
  span(span: Span): void;
  /**
   * Counts quantities that cost money besides calls: `stateTransitions`, `lambdaRequests`, ... (see cloud/pricing.ts).
   */
  meter?(name: string, quantity: number): void;
  /**
   * The view of this service on another region (copies of images, global tables). Undefined if the region does not
   * exist.
   */
  other(name: string): Region | undefined;
}

/** Durations in milliseconds. Each can be set in the description, and varies by `spread`, a share of it. */
export interface Timings {
  readonly apiMs: number;
  readonly coldStartMs: number;
  readonly warmStartMs: number;
  /** How long an idle sandbox stays warm. */
  readonly warmForMs: number;
  readonly transitionMs: number;
  readonly eventMs: number;
  /** From the time a message is visible to the invocation by the event source mapping. */
  readonly queueMs: number;
  /** From a write to a global table to its arrival in the other regions; 800 by default. */
  readonly replicationMs?: number;
  readonly spread: number;
  /** From RunInstances to `running`. */
  readonly bootMs: number;
  /** From `running` to the SSM agent's first ping. */
  readonly agentMs: number;
  /**
   * How long the application needs to start. The target group's own interval and threshold add to it until the first
   * healthy check.
   */
  readonly applicationStartMs: number;
  /** CreateImage to `available`. */
  readonly imageMs: number;
  /** CopyImage to `available`. */
  readonly imageCopyMs: number;
  /** One invocation of a provisioning document on one instance. */
  readonly commandMs: number;
  readonly terminateMs: number;
}
