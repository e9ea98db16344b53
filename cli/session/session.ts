import type { Names } from '../../lib/aws/stackNames';

/**
 * An SDK client class of whatever service. Wider than lib's type of that name: a session also hands clients time-outs,
 * or handlers that answer from the embedded cloud.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each client has a configuration type of its own
export type SdkClientClass<Client> = new (config: any) => Client;

/** A region that refuses every call between two times (epoch milliseconds). */
export interface RegionDown {
  readonly region: string;
  readonly from: number;
  readonly until: number;
}

/** Where a command works: an AWS account and region, or the embedded cloud. */
export interface Session {
  readonly region: string;
  readonly stage: string;
  readonly names: Names;
  /** Who asks, for the record. */
  readonly requestedBy: string;
  readonly local: boolean;
  connect<Client>(Class: SdkClientClass<Client>): Client;
  /** A client of another region. */
  connectIn<Client>(region: string, Class: SdkClientClass<Client>): Client;
  /** On the embedded cloud only: makes whole regions refuse calls for a while. */
  readonly outages?: (plans: readonly RegionDown[]) => Promise<void>;
  /** Epoch milliseconds; virtual on the embedded cloud. */
  now(): number;
  /** On the embedded cloud, virtual time passes at once. */
  sleep(ms: number): Promise<void>;
  newId(): string;
  /** Saves the embedded cloud and releases its file. */
  close(): Promise<void>;
}

/** Which session a person asks for. */
export interface SessionOptions {
  readonly local?: boolean;
  readonly region?: string;
  readonly stage?: string;
}

export const defaultStage = 'production';
