/**
 * The errors of the messaging library. Each name is written out, since a bundler shortens class names, and is a contract:
 * match on `error.name`.
 */

abstract class MessagingError extends Error {
  abstract override readonly name: string;

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** The settings are invalid; `problems` lists all that is wrong with them. */
export class InvalidMessagingSettings extends MessagingError {
  override readonly name = 'InvalidMessagingSettings';

  constructor(readonly problems: readonly string[]) {
    super(`These settings do not work:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  }
}

/** The message itself is invalid: no region would take it, or no consumer. Trying again does not help. */
export class InvalidMessage extends MessagingError {
  override readonly name = 'InvalidMessage';

  constructor(
    readonly problems: readonly string[],
    options: { readonly cause?: unknown } = {},
  ) {
    super(`The message cannot be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}`, options);
  }
}

/** A try of a publisher that did not succeed. */
export interface FailedTry {
  /** The region, or the spool's name. */
  readonly where: string;
  readonly error: string;
  readonly message: string;
}

/**
 * No region and no spool acknowledged the message. It may be in a queue all the same (an answer can be lost): publish it
 * again under the same `id`, and consumers take the two as one.
 */
export class MessageNotTaken extends MessagingError {
  override readonly name = 'MessageNotTaken';

  constructor(
    readonly id: string,
    readonly tries: readonly FailedTry[],
  ) {
    const list = tries.map(({ where, error, message }) => `- ${where}: ${error}: ${message}`).join('\n');
    super(`Nobody took message ${id}. Publish it again with the same id, which is safe.\n${list}`);
  }
}

/** The table cannot keep the promise across regions. No effect was begun. */
export class ConsistencyRefused extends MessagingError {
  override readonly name = 'ConsistencyRefused';
}

/** Another worker has the lease of the message. It comes again after its visibility time-out. */
export class LeaseHeld extends MessagingError {
  override readonly name = 'LeaseHeld';
}

/**
 * The lease expired while the effect ran, and another worker took the message over. The effect may have happened twice,
 * unless it is conditioned on the fencing number.
 */
export class LeaseLost extends MessagingError {
  override readonly name = 'LeaseLost';
}

/**
 * A message under this id is done already, and said something else: it is no double, and its effect has not happened.
 * Trying again does not help; it ends in the dead-letter queue, for a person to see.
 */
export class ConflictingMessage extends MessagingError {
  override readonly name = 'ConflictingMessage';
}

/** An earlier message of the same FIFO group failed: this one was left untouched, to keep their order. */
export class GroupHeld extends MessagingError {
  override readonly name = 'GroupHeld';
}

/** The function had too little time left to begin the message, which was left untouched. */
export class TimeRanShort extends MessagingError {
  override readonly name = 'TimeRanShort';
}

/** The handler and the middleware do not go together, and messages would have been deleted unhandled. */
export class BatchNotAnswered extends MessagingError {
  override readonly name = 'BatchNotAnswered';
}
