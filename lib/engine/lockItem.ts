/** One item a fleet (its group's name). The fence only ever grows, also while nobody holds the lock. */
export interface LockItem {
  readonly fleet: string;
  readonly fence: number;
  /** Absent: free. */
  readonly owner?: string;
  readonly deployment?: string;
  readonly takenAt?: number;
  /** Set by whoever wants the owner to stop; compensation goes on in spite of it. */
  readonly halt?: Halt;
  /** The owner leaves its rollout to the rollback that halted it, and hands the lock over when it has undone the rest. */
  readonly handing?: true;
  /** The newest request that waits for the lock; it stays through takings and releases. */
  readonly waiting?: Waiting;
  /** The newest request for a deployment that got the lock: what waits since before it is overtaken. */
  readonly latest?: Waiting;
  /** The last rollback, as long as nobody has deployed or rolled back by hand since. */
  readonly rolledBack?: { readonly deployment: string; readonly at: number; readonly automatic: boolean };
}

export interface Halt {
  readonly by: string;
  readonly reason: string;
  /** A rollback that wants the lock next. */
  readonly handOver?: Taker;
}

/** Who takes a lock: an execution and the deployment or rollback that it runs. */
export interface Taker {
  readonly owner: string;
  readonly deployment: string;
}

export interface Waiting {
  readonly deployment: string;
  /** Epoch ms: when it was asked for. */
  readonly since: number;
}

/** What taking the lock means for the note of the last rollback: an act of a person ends it, maintenance does not. */
export type Act = 'person' | 'rollback' | 'automatic rollback' | 'mending' | 'maintenance';

/** What a holder knows of its lock. */
export interface Hold {
  readonly fleet: string;
  readonly owner: string;
  readonly fence: number;
}
