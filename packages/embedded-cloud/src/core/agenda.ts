/** What is due later, as plain data: part of the cloud's state, saved and restored unchanged. */
export interface Entry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Entries of the same instant come due in the order in which they were added. */
  readonly seq: number;
  readonly service: string;
  readonly region: string;
  readonly kind: string;
  readonly payload: unknown;
}

export interface AgendaState {
  nextSeq: number;
  /** Sorted by `at`, then by `seq`. */
  entries: Entry[];
}

export const emptyAgenda = (): AgendaState => ({ nextSeq: 1, entries: [] });

/** Inserts an entry in order. @returns whether it is the first now */
export const put = (agenda: AgendaState, entry: Omit<Entry, 'seq'>): boolean => {
  let low = 0;
  let high = agenda.entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = agenda.entries[middle];
    if (other && other.at <= entry.at) low = middle + 1;
    else high = middle;
  }
  agenda.entries.splice(low, 0, { ...entry, seq: agenda.nextSeq });
  agenda.nextSeq += 1;
  return low === 0;
};

/** Takes the first entry that is due, if any. */
export const takeDue = (agenda: AgendaState, now: number): Entry | undefined => {
  const first = agenda.entries[0];
  if (!first || first.at > now) return undefined;
  agenda.entries.shift();
  return first;
};
