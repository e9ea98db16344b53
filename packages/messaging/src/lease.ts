/**
 * What is known of one message. All times are epoch milliseconds, and are compared with the clock of the worker that asks.
 * DynamoDB's TTL plays no part: it deletes days later.
 *
 *   begin            heldUntil                 finish                    keptUntil
 *     |--- held --------|--- free, fence + 1 ...  |--- done: a double --------|--- free, fence + 1
 *
 * A mark is taken over only by a write on condition that it still has the holder that was read. `heldBy` is unique to each
 * request for a lease, and so serves as the mark's revision.
 */
export interface Mark {
  /** Grows with every lease, and never shrinks as long as the mark exists. */
  readonly fence: number;
  /** Stays when the message is done or given back, so that a retry after a lost answer recognises its own write. */
  readonly heldBy: string;
  readonly heldUntil: number;
  readonly doneAt?: number;
  readonly keptUntil?: number;
  /** A hash of what the message says; absent in marks that an older version wrote. */
  readonly payload?: string;
  /** The effect's result as JSON; absent where it returned none, or one that is too large. */
  readonly result?: string;
}

/** Asks for the lease of a message. */
export interface LeaseRequest {
  readonly id: string;
  /** Unique to this request, among all requests of all workers. */
  readonly owner: string;
  readonly now: number;
  readonly heldUntil: number;
  /** A hash of what the message says, kept with the mark. */
  readonly payload?: string;
}

/** The right to work on a message until `heldUntil`. */
export interface Lease {
  readonly id: string;
  readonly owner: string;
  readonly fence: number;
  readonly heldUntil: number;
  readonly payload?: string;
}

/** Whether the lease was granted; else the mark that stands in its way. */
export type LeaseAnswer =
  | { readonly state: 'taken'; readonly lease: Lease }
  | { readonly state: 'done'; readonly mark: Mark }
  | { readonly state: 'held'; readonly mark: Mark | undefined };

/** Whether a request at `now` may take this mark over. */
export const isFree = ({ doneAt, heldUntil, keptUntil }: Mark, now: number): boolean =>
  doneAt === undefined ? heldUntil <= now : (keptUntil ?? 0) <= now;

/** The mark of a granted request, after the mark that stood there before. */
export const grantedMark = (claim: LeaseRequest, before?: Mark): Mark => ({
  fence: (before?.fence ?? 0) + 1,
  heldBy: claim.owner,
  heldUntil: claim.heldUntil,
  ...payloadOf(claim),
});

/** The part of a mark that says what its message says. */
export const payloadOf = ({ payload }: { readonly payload?: string }): Pick<Mark, 'payload'> =>
  payload === undefined ? {} : { payload };

export const taken = ({ id, ...claim }: LeaseRequest, { fence, heldBy, heldUntil }: Mark): LeaseAnswer => ({
  state: 'taken',
  lease: { id, owner: heldBy, fence, heldUntil, ...payloadOf(claim) },
});

/**
 * What a mark in the way of a request means: done; held by another; or granted to this very request, whose first answer was
 * lost. `undefined`: the mark may be taken over.
 */
export const answerOf = (claim: LeaseRequest, mark: Mark): LeaseAnswer | undefined => {
  if (mark.doneAt === undefined && mark.heldBy === claim.owner) return taken(claim, mark);
  if (isFree(mark, claim.now)) return undefined;
  return mark.doneAt === undefined ? { state: 'held', mark } : { state: 'done', mark };
};
