/** One item per fleet; its key is the group's name. The fence only grows, even while the lock is free. */
export interface LockItem {
  readonly fleet: string;
  readonly fence: number;
  /** Absent: the lock is free. */
  readonly owner?: string;
  readonly deployment?: string;
  readonly takenAt?: number;
  /** Asks the owner to stop; the compensation goes on in spite of it. */
  readonly halt?: Halt;
  /** The owner leaves its rollout to the rollback that halted it, and hands the lock over once it has undone the rest. */
  readonly handing?: true;
  /** The newest request that waits for the lock. It stays when the lock is taken or released. */
  readonly waiting?: Waiting;
  /** The newest request for a deployment that got the lock. Requests that have waited since before it are overtaken. */
  readonly latest?: Waiting;
  /** The last rollback, until a person deploys or rolls back. */
  readonly rolledBack?: { readonly deployment: string; readonly at: number; readonly automatic: boolean };
}

export interface Halt {
  readonly by: string;
  readonly reason: string;
  /** The rollback that wants the lock next. */
  readonly handOver?: Taker;
}

/** An execution that takes a lock, and the deployment or rollback that it runs. */
export interface Taker {
  readonly owner: string;
  readonly deployment: string;
}

export interface Waiting {
  readonly deployment: string;
  /** When it was accepted; epoch ms. */
  readonly since: number;
  /** See requestOrder.ts; absent in items that an older Forseti wrote. */
  readonly order?: string;
}

/** How taking the lock affects the note of the last rollback: an act of a person removes it, maintenance does not. */
export type Act = 'person' | 'rollback' | 'automatic rollback' | 'mending' | 'maintenance';

/** What a holder knows about its lock. */
export interface Hold {
  readonly fleet: string;
  readonly owner: string;
  readonly fence: number;
}
