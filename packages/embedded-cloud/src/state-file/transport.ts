import type { Command, Reply } from './protocol';

/** Sends commands to the cloud, which may be in another thread. */
export interface Transport {
  /** Runs a command. The reply holds only data that can be copied between threads, no functions. */
  send(command: Command): Promise<Reply>;
  end(): Promise<void>;
}
