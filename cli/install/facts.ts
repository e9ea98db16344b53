/** What `install` and `upgrade` read of an account before they change anything. */
import type { AccountConcurrency } from '../../lib/health/alarmConcurrency';

/** A stack as CloudFormation describes it. */
export interface StackFact {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The physical names of its resources by their logical ids; those that were deleted are left out. */
  readonly resources: Readonly<Record<string, string>>;
}

/** A resource of the template that exists by its name, but not in the stack. */
export interface ExistingFact {
  readonly logicalId: string;
  /** `AWS::DynamoDB::Table` */
  readonly type: string;
  readonly name: string;
  /** Why it is not what the template describes, so that it cannot be taken over. */
  readonly differs?: string;
}

/** Lambda's concurrency in an account and region: GetAccountSettings. */
export interface ConcurrencyFact extends AccountConcurrency {
  /** What the function TakeAlarm has reserved now. */
  readonly ofTakeAlarm: number;
}

export interface RegionFacts {
  readonly region: string;
  readonly stack?: StackFact;
  readonly concurrency?: ConcurrencyFact;
  readonly existing: readonly ExistingFact[];
  /** The customer's KMS key by which new volumes are encrypted, if the account sets one. */
  readonly volumeKey?: string;
  /** What could not be read, and why. */
  readonly unseen: readonly string[];
}

/** What AWS limits of a template. */
export interface TemplateFacts {
  readonly bytes: number;
  readonly resources: number;
  readonly parameters: number;
}

/** What a person asks for. An absent member means: as it is, or as the template's default. */
export interface Wishes {
  readonly stage: string;
  /** The region of the second stack; `false` means none, also where there is one. */
  readonly standby?: string | false;
  readonly instanceRoles?: string;
  readonly imageKeys?: readonly string[];
}

export interface InstallFacts {
  readonly home: RegionFacts;
  readonly standby?: RegionFacts;
  readonly template: TemplateFacts;
}
