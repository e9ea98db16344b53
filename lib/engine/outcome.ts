/** Every way in which a record can end. */
export type Outcome = 'Deployed' | 'Rejected' | 'RolledBack' | 'Dirty' | 'Superseded';

/** What brings a release to a fleet: a deployment makes it, a rollback goes to a known one. */
export type RecordKind = 'deployment' | 'rollback';

export interface Failure {
  /** The state whose step failed; absent if no step could report it: it timed out, or the execution was stopped. */
  readonly state?: string;
  readonly error: string;
  readonly message: string;
  readonly problems: readonly string[];
  /** When it was noted; epoch ms. */
  readonly at?: number;
}

/** Something that the deployment leaves in another state than it found. */
export interface Leftover {
  readonly kind: string;
  readonly target: string;
  readonly note: string;
  /**
   * The command with which a person repairs it. Absent if it was changed externally (no repair is needed), or if `note`
   * says what to check instead.
   */
  readonly mend?: string;
}

/** What the instances in service ran when a deployment ended well. */
export interface FleetAtEnd {
  readonly inService: number;
  /** How many of them ran the version. With rollout `none` only new instances get it. */
  readonly onVersion: number;
}

/** How a deployment ended, as the execution's cause, the record and the notification give it. */
export interface End {
  readonly outcome: Outcome;
  /** The error's name; `None` for a deployment that went well. */
  readonly error: string;
  readonly message: string;
  readonly problems: readonly string[];
  /** What could not be restored (`Dirty`), with the repair commands. */
  readonly left: readonly Leftover[];
  /** What was changed externally meanwhile and left alone. */
  readonly foreign: readonly Leftover[];
  /** The rollback that halted the deployment, and undoes its rollout. */
  readonly handedTo?: string;
  /** Absent where it was not looked at. */
  readonly fleet?: FleetAtEnd;
}
