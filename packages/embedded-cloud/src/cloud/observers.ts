/**
 * Observers of every cloud of this process. A program sets them at its start, before it creates a cloud. Without an
 * observer nothing is recorded, so it costs nothing.
 */
import type { Caller } from '../core/caller';
import type { UseRecorder } from '../iam/use';

/** A call that a client made, and how it ended. */
export interface ObservedRequest {
  /** IAM prefix. */
  readonly service: string;
  readonly action: string;
  readonly principal: Pick<Caller, 'kind' | 'name'>;
  readonly input: unknown;
  /** The error's code on the wire, if the call was refused. */
  readonly refused?: string;
}

export type RequestObserver = (request: ObservedRequest) => void;

const present: { requests?: RequestObserver | undefined; uses?: UseRecorder | undefined } = {};

/** Passes every call of every cloud of this process to the observer from now on; undefined removes the observer. */
export const observeRequests = (observer: RequestObserver | undefined): void => {
  present.requests = observer;
};

export const requestObserver = (): RequestObserver | undefined => present.requests;

/** Passes every verdict of IAM to the recorder, in clouds that are created from now on. */
export const observePolicyUse = (recorder: UseRecorder | undefined): void => {
  present.uses = recorder;
};

export const policyUseObserver = (): UseRecorder | undefined => present.uses;
