/** What was made for a switch, by which its removal knows it again; filled in as it comes to be. */
export interface Made {
  /** access */
  readonly securityGroup?: string;
  readonly securityGroupRule?: string;
  readonly port?: number;
  readonly cidr?: string;
  /** maintenance: where rules are, by ARN, and the names of target groups for the page's function. */
  readonly listeners?: readonly string[];
  readonly targetGroupNames?: readonly string[];
  readonly fixedResponse?: boolean;
  /** prewarm */
  readonly group?: string;
  readonly capacity?: number;
  /** Epoch milliseconds: when the capacity is to be there. */
  readonly startsAt?: number;
  readonly endsAt?: number;
  /** When load balancer capacity is asked for. */
  readonly reserveAt?: number;
  readonly balancers?: readonly string[];
  /** What the group's minimum goes back to. */
  readonly formerMinimum?: number;
  readonly units?: number;
  /** By load balancer; none where nothing was reserved before. */
  /** Somebody knows that capacity could not be reserved. */
  readonly toldShort?: boolean;
  readonly formerUnits?: Readonly<Record<string, number | null>>;
}

export type SwitchKind = 'access' | 'maintenance' | 'prewarm';

/**
 * One switch of an application: what somebody turned on for a while. The item is written before anything is made, and
 * stays when it is off, for whoever asks who it was. Times are epoch milliseconds.
 */
export interface SwitchItem {
  readonly application: string;
  /** `maintenance`, `prewarm`, or `access:PORT:CIDR:SECURITY-GROUP`; with `@TIME` behind it once another took its place. */
  readonly switch: string;
  readonly kind: SwitchKind;
  readonly by: string;
  readonly reason?: string;
  readonly at: number;
  /** Absent: until somebody turns it off. */
  readonly until?: number;
  /** Only while it is on: those that have an end stand in the index of this name. */
  readonly due?: 'open';
  readonly made: Made;
  readonly closingAt?: number;
  readonly offAt?: number;
  readonly offBy?: string;
  /** What was found otherwise than it was left. */
  readonly note?: string;
  /** When somebody was told that it does not go off. */
  readonly pagedAt?: number;
}

/** What a request came to; `switch` is the record that it is about. */
export interface SwitchAnswer {
  readonly done: boolean;
  readonly message: string;
  readonly problems?: readonly string[];
  /** A deployment is in the way: later it may be done. */
  readonly inProgress?: true;
  readonly switch?: SwitchItem;
}
