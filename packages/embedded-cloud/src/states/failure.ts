/** A state's error, in the language's own names; what Retry and Catch match. */
export class StateFailure extends Error {
  constructor(
    readonly error: string,
    readonly why: string,
  ) {
    super(why);
    this.name = error;
  }
}
