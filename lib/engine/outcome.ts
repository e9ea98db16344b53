/** Every way in which a record can end. */
export type Outcome = 'Deployed' | 'Rejected' | 'RolledBack' | 'Dirty' | 'Superseded';

/** What brings a release to a fleet: a deployment makes it, a rollback goes to one that is known. */
export type RecordKind = 'deployment' | 'rollback';

export interface Failure {
  /** The state whose step failed; absent where no step could tell: it timed out, or the execution was stopped. */
  readonly state?: string;
  readonly error: string;
  readonly message: string;
  readonly problems: readonly string[];
  /** When it was noted; epoch ms. */
  readonly at?: number;
}

/** One thing that the deployment leaves other than it found it. */
export interface Leftover {
  readonly kind: string;
  readonly target: string;
  readonly note: string;
  /** The command with which a person mends it; absent for what somebody else changed, which needs no mending. */
  readonly mend?: string;
}

/** How a deployment ended, as the execution's cause, the record and the notification tell it. */
export interface End {
  readonly outcome: Outcome;
  /** The error's name; `None` for a deployment that went well. */
  readonly error: string;
  readonly message: string;
  readonly problems: readonly string[];
  /** What could not be restored (`Dirty`), with the commands that mend it. */
  readonly left: readonly Leftover[];
  /** What somebody else changed meanwhile and was left alone. */
  readonly foreign: readonly Leftover[];
  /** The rollback that halted the deployment, and undoes its rollout. */
  readonly handedTo?: string;
}
