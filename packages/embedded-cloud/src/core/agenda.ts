/** What happens later, as plain data: part of the cloud's state, saved and restored as it stands. */
export interface Entry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Entries of one instant come due in the order in which they were put here. */
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

/** Puts an entry where it belongs; says whether it has become the first. */
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
