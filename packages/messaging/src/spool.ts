import type { IdentifiedMessage } from './outgoing';

/** A message that no region took. */
export interface SpooledMessage {
  readonly message: IdentifiedMessage;
  /** Epoch milliseconds. */
  readonly spooledAt: number;
}

/** Keeps messages that no region took, until `synchronise` replays them. */
export interface Spool {
  /** For receipts and reports. */
  readonly name: string;
  /** Keeps the message until it is removed. Putting it twice keeps it once. */
  put(spooled: SpooledMessage, signal?: AbortSignal): Promise<void>;
  /** All messages of the spool, oldest first. */
  list(): Promise<readonly SpooledMessage[]>;
  remove(id: string): Promise<void>;
}

/** For tests: its messages are gone with the process. */
export class MemorySpool implements Spool {
  private readonly spooled = new Map<string, SpooledMessage>();

  constructor(readonly name = 'memory') {}

  async put(spooled: SpooledMessage): Promise<void> {
    if (!this.spooled.has(spooled.message.id)) this.spooled.set(spooled.message.id, spooled);
  }

  async list(): Promise<readonly SpooledMessage[]> {
    return oldestFirst([...this.spooled.values()]);
  }

  async remove(id: string): Promise<void> {
    this.spooled.delete(id);
  }
}

export const oldestFirst = (list: readonly SpooledMessage[]): SpooledMessage[] =>
  [...list].sort((a, b) => a.spooledAt - b.spooledAt);
