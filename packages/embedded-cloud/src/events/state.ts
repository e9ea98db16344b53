import type { Pattern } from './pattern';

/** An event as targets get it. */
export interface Envelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** Without milliseconds: `2026-11-22T08:00:00Z`. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** A rule's target, in CloudFormation's members. */
export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number;
    readonly MaximumEventAgeInSeconds?: number;
  };
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly pattern?: Pattern;
  readonly schedule?: string;
  /** When its schedule is due next, epoch milliseconds: the one entry of the agenda that counts. */
  nextAt?: number;
  readonly enabled: boolean;
  readonly targets: readonly Target[];
}

/** What a function's resource policy lets a service do (`AWS::Lambda::Permission`). */
export interface InvokePermission {
  readonly functionArn: string;
  readonly principal: string;
  readonly sourceArn?: string;
}

/** An event that a target could not be given and that had no dead-letter queue: AWS drops it. */
export interface Dropped {
  readonly rule: string;
  readonly target: string;
  readonly at: number;
  readonly why: string;
}

export interface EventsState {
  /** By name. */
  readonly rules: Record<string, Rule>;
  readonly permissions: InvokePermission[];
  readonly dropped: Dropped[];
}

export const emptyEvents = (): EventsState => ({ rules: {}, permissions: [], dropped: [] });
