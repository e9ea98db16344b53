import type { Identified } from './outgoing';

/** A message that no region took. */
export interface Spooled {
  readonly message: Identified;
  /** Epoch milliseconds. */
  readonly spooledAt: number;
}

/** Where messages lie that no region took, until `synchronise` replays them. */
export interface Spool {
  /** For receipts and reports. */
  readonly name: string;
  /** Keeps the message for good; putting one twice is putting it once. */
  put(spooled: Spooled, signal?: AbortSignal): Promise<void>;
  /** All that lie here, oldest first. */
  list(): Promise<readonly Spooled[]>;
  remove(id: string): Promise<void>;
}

/** For tests: what is spooled here dies with the process. */
export class MemorySpool implements Spool {
  private readonly spooled = new Map<string, Spooled>();

  constructor(readonly name = 'memory') {}

  async put(spooled: Spooled): Promise<void> {
    if (!this.spooled.has(spooled.message.id)) this.spooled.set(spooled.message.id, spooled);
  }

  async list(): Promise<readonly Spooled[]> {
    return oldestFirst([...this.spooled.values()]);
  }

  async remove(id: string): Promise<void> {
    this.spooled.delete(id);
  }
}

export const oldestFirst = (list: readonly Spooled[]): Spooled[] =>
  [...list].sort((a, b) => a.spooledAt - b.spooledAt);
