/**
 * Writes that arrive while one is under way wait for its end and then go together. Nothing is ever delayed to gather
 * more: a write alone goes at once.
 */
export class GroupCommit<Piece extends { readonly id: string }> {
  private waiting: Waiting<Piece>[] = [];
  private busy = false;

  /**
   * @param maxSize how many go together at most
   * @param commit writes a group, all of different ids; resolves to what became of each, in their order
   */
  constructor(
    private readonly maxSize: number,
    private readonly commit: (pieces: readonly Piece[]) => Promise<readonly PromiseSettledResult<void>[]>,
  ) {}

  async add(piece: Piece): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.waiting.push({ piece, resolve, reject });
    });
    if (!this.busy) void this.drain();
    return written;
  }

  private async drain(): Promise<void> {
    this.busy = true;
    // All answers that arrive in this turn of the event loop have reached their writes then.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    while (this.waiting.length > 0) {
      const group = this.takeGroup();
      try {
        const results = await this.commit(group.map(({ piece }) => piece));
        group.forEach(({ resolve, reject }, index) => {
          const result = results[index];
          if (result?.status === 'fulfilled') resolve();
          else reject(result?.reason);
        });
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.busy = false;
  }

  /** The first of each id; what follows of the same id goes with the next group. */
  private takeGroup(): Waiting<Piece>[] {
    const ids = new Set<string>();
    const group: Waiting<Piece>[] = [];
    this.waiting = this.waiting.filter((entry) => {
      if (group.length >= this.maxSize || ids.has(entry.piece.id)) return true;
      ids.add(entry.piece.id);
      group.push(entry);
      return false;
    });
    return group;
  }
}

interface Waiting<Piece> {
  readonly piece: Piece;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}
