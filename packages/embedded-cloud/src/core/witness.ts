import type { Caller } from '../service';

/** A call that a client made, and how it ended. */
export interface Request {
  /** IAM's prefix. */
  readonly service: string;
  readonly action: string;
  readonly principal: Pick<Caller, 'kind' | 'name'>;
  readonly input: unknown;
  /** The error's code on the wire, where it was refused. */
  readonly refused?: string;
}

export type Witness = (request: Request) => void;

let present: Witness | undefined;

/** Hands every call of every cloud of this process to a witness from now on. Set at an edge only. */
export const watchRequests = (witness: Witness | undefined): void => {
  present = witness;
};

/** Undefined where nobody wants to know, which is so unless somebody asked: nothing is spent then. */
export const witnessOf = (): Witness | undefined => present;
