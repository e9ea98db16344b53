import type { CustomEvent } from '../cloud/customEvent';
import type { CallRecord } from '../cloud/record';
import type { Cost } from '../cloud/pricing';
import type { OutagePlan } from '../core/faults';
import type { HttpRequest } from '../lambda/http';
import type { Span } from '../core/service';

/** Commands that change the cloud. They are written to the journal, and replaying them gives the same cloud. */
export type Journaled =
  | {
      readonly kind: 'call';
      readonly region: string;
      readonly service: string;
      readonly action: string;
      readonly input: unknown;
    }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'outages'; readonly plans: readonly OutagePlan[] }
  | { readonly kind: 'putEvent'; readonly region: string; readonly event: CustomEvent }
  | { readonly kind: 'request'; readonly region: string; readonly request: TextRequest };

/** A request to a function URL that can be written to the journal. */
export type TextRequest = Omit<HttpRequest, 'body'> & { readonly body?: string };

export interface TextResponse {
  readonly status: number;
  readonly body: string;
}

export type Command =
  | Journaled
  | { readonly kind: 'open' }
  | { readonly kind: 'show' }
  | { readonly kind: 'actions' }
  | { readonly kind: 'reset'; readonly description: unknown; readonly seed: number | undefined }
  | { readonly kind: 'save' }
  | { readonly kind: 'close' };

export interface Failure {
  /** Whether it is an AWS error, whose `name` is its code on the wire. */
  readonly aws: boolean;
  readonly name: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type Reply =
  { readonly answer: unknown; readonly home: string; readonly now: number } | { readonly error: Failure };

/** Everything in the cloud. */
export interface Shown {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly startAt: number;
  readonly seed: number;
  readonly description: unknown;
  /** Each service's state (src/SERVICE/state.ts), by region and IAM prefix. */
  readonly regions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Calls by service and action. */
  readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly calls: readonly CallRecord[];
  readonly meters: Readonly<Record<string, number>>;
  readonly spans: readonly Span[];
  readonly cost: Cost;
}
