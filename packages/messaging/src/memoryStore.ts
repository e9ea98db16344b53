import {
  answerOf,
  type LeaseAnswer,
  type LeaseRequest,
  type Lease,
  type Mark,
  grantedMark,
  payloadOf,
  taken,
} from './lease';
import { type Consistency, type DeduplicationStore, type Done, type DoneTwice, leaseLost } from './store';

/** Keeps marks in this process only: for tests, and for a consumer that runs in one process. */
export class MemoryStore implements DeduplicationStore {
  private readonly marks = new Map<string, Mark>();
  private readonly overtaken = new Map<string, number>();

  async consistency(): Promise<Consistency> {
    return 'process';
  }

  async begin(claim: LeaseRequest): Promise<LeaseAnswer> {
    const before = this.marks.get(claim.id);
    const answer = before && answerOf(claim, before);
    if (answer) return answer;
    const mark = grantedMark(claim, before);
    this.marks.set(claim.id, mark);
    return taken(claim, mark);
  }

  async finish(lease: Lease, { now, ...done }: Done): Promise<void> {
    const { id, owner, fence, heldUntil } = lease;
    const mark = this.marks.get(id);
    if (mark?.heldBy !== owner) {
      this.overtaken.set(id, (this.overtaken.get(id) ?? 0) + 1);
      throw leaseLost(lease, mark);
    }
    this.marks.set(id, { fence, heldBy: owner, heldUntil, ...payloadOf(lease), doneAt: now, ...done });
  }

  async release({ id, owner }: Lease): Promise<void> {
    const mark = this.marks.get(id);
    if (mark?.heldBy === owner && mark.doneAt === undefined) this.marks.set(id, { ...mark, heldUntil: 0 });
  }

  async read(id: string): Promise<Mark | undefined> {
    return this.marks.get(id);
  }

  async doneTwice(): Promise<readonly DoneTwice[]> {
    return [...this.overtaken].map(([id, times]) => ({ id, times }));
  }
}
