import type { Pattern } from './pattern';

/** An event in the form that targets get. */
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

/** A rule's target, with CloudFormation's property names. */
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
  /** When its schedule is due next, in epoch milliseconds. Ticks for other times are ignored. */
  nextAt?: number;
  readonly enabled: boolean;
  readonly targets: readonly Target[];
}

/** A permission for a service in a function's resource policy (`AWS::Lambda::Permission`). */
export interface InvokePermission {
  readonly functionArn: string;
  readonly principal: string;
  readonly sourceArn?: string;
}

/** An event that could not be delivered and whose target has no dead-letter queue: AWS drops it. */
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
