/**
 * Observers of every cloud of this process. A program sets them at its start, before it makes a cloud; where none is
 * set, nothing is spent on them.
 */
import type { Caller } from '../core/caller';
import type { UseRecorder } from '../iam/use';

/** A call that a client made, and how it ended. */
export interface ObservedRequest {
  /** IAM's prefix. */
  readonly service: string;
  readonly action: string;
  readonly principal: Pick<Caller, 'kind' | 'name'>;
  readonly input: unknown;
  /** The error's code on the wire, where it was refused. */
  readonly refused?: string;
}

export type RequestObserver = (request: ObservedRequest) => void;

const present: { requests?: RequestObserver | undefined; uses?: UseRecorder | undefined } = {};

/** Hands every call of every cloud of this process to an observer from now on; to none where it is undefined. */
export const observeRequests = (observer: RequestObserver | undefined): void => {
  present.requests = observer;
};

export const requestObserver = (): RequestObserver | undefined => present.requests;

/** Hands every verdict of IAM to a recorder, in clouds that are made from now on. */
export const observePolicyUse = (recorder: UseRecorder | undefined): void => {
  present.uses = recorder;
};

export const policyUseObserver = (): UseRecorder | undefined => present.uses;
