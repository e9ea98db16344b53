import type { Command, Reply } from './protocol';

/** What carries commands to the cloud, which may be in another thread. */
export interface Transport {
  /** Does a command; the answer holds no functions, only what can be copied between threads. */
  send(command: Command): Promise<Reply>;
  end(): Promise<void>;
}
