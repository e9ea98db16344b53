/**
 * One switch of an application: what somebody turned on for a while. The item is written before anything is made, and
 * stays after the switch is off, so that one can see who it was. Times are epoch milliseconds.
 */
export interface SwitchItem<Kind extends string = string, Made = unknown> {
  readonly application: string;
  /**
   * `maintenance`, `prewarm`, or `access:PORT:CIDR:SECURITY-GROUP`; with `@TIME` behind it once another took its place.
   */
  readonly switch: string;
  readonly kind: Kind;
  /** Of the item's layout; absent means 1. */
  readonly format?: number;
  readonly by: string;
  readonly reason?: string;
  readonly at: number;
  /** Absent: until somebody turns it off. */
  readonly until?: number;
  /** Only while it is on: those that have an end stand in the index of this name. */
  readonly due?: 'open';
  /** What was made for it, by which its removal finds it again. */
  readonly made: Made;
  readonly closingAt?: number;
  readonly offAt?: number;
  readonly offBy?: string;
  /** What somebody else had changed when it was turned off. */
  readonly note?: string;
  /** When somebody was told that it does not go off. */
  readonly pagedAt?: number;
  /** What its removal failed with last. */
  readonly failed?: string;
}

/** The layout that this version writes, and the newest that it reads. */
export const switchFormat = 1;

/** The answer to a request; `switch` is the record that it is about. */
export interface SwitchAnswer<Item extends SwitchItem = SwitchItem> {
  readonly done: boolean;
  readonly message: string;
  readonly problems?: readonly string[];
  /** A deployment is in the way: later it may be done. */
  readonly inProgress?: true;
  readonly switch?: Item;
}
