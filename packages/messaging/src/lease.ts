/**
 * What is known of one message, and what follows from it. All times are epoch milliseconds, compared with the clock of
 * whoever asks; nothing waits for DynamoDB's TTL, which deletes days later.
 *
 *   begin            heldUntil                 finish                    keptUntil
 *     |--- held --------|--- free, fence + 1 ...  |--- done: a double --------|--- free, fence + 1
 *
 * A mark changes hands only from a holder that was seen, by a write on condition that it is still there: so `heldBy`, which
 * is unique to a claim, serves as the mark's revision.
 */
export interface Mark {
  /** Grows with every begin, and never shrinks as long as the mark is there. */
  readonly fence: number;
  /** Stays when it is done or given back, by which a retry after a lost answer knows that it was itself. */
  readonly heldBy: string;
  readonly heldUntil: number;
  readonly doneAt?: number;
  readonly keptUntil?: number;
  /** The effect's result as JSON; missing where it gave none, or one too large to be kept. */
  readonly result?: string;
}

/** A wish to work on a message. */
export interface LeaseRequest {
  readonly id: string;
  /** Unique to this claim: no other, of this worker or another, ever has the same. */
  readonly owner: string;
  readonly now: number;
  readonly heldUntil: number;
}

/** Work that was begun. */
export interface Lease {
  readonly id: string;
  readonly owner: string;
  readonly fence: number;
  readonly heldUntil: number;
}

/** The answer to a claim. */
export type LeaseAnswer =
  | { readonly state: 'taken'; readonly lease: Lease }
  | { readonly state: 'done'; readonly mark: Mark }
  | { readonly state: 'held'; readonly mark: Mark | undefined };

/** Whether a claim at `now` may take over this mark. */
export const isFree = ({ doneAt, heldUntil, keptUntil }: Mark, now: number): boolean =>
  doneAt === undefined ? heldUntil <= now : (keptUntil ?? 0) <= now;

/** The mark of a claim that is granted, after the mark that stood there. */
export const grantedMark = (claim: LeaseRequest, before?: Mark): Mark => ({
  fence: (before?.fence ?? 0) + 1,
  heldBy: claim.owner,
  heldUntil: claim.heldUntil,
});

export const taken = ({ id }: LeaseRequest, { fence, heldBy, heldUntil }: Mark): LeaseAnswer => ({
  state: 'taken',
  lease: { id, owner: heldBy, fence, heldUntil },
});

/**
 * What a mark that stood in the way of a claim tells: done, held by another, granted before with an answer that got lost,
 * or `undefined` where it may be taken over.
 */
export const answerOf = (claim: LeaseRequest, mark: Mark): LeaseAnswer | undefined => {
  if (mark.doneAt === undefined && mark.heldBy === claim.owner) return taken(claim, mark);
  if (isFree(mark, claim.now)) return undefined;
  return mark.doneAt === undefined ? { state: 'held', mark } : { state: 'done', mark };
};
