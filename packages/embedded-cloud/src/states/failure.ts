/** A state's error, with the language's own name. Retry and Catch match it. */
export class StateFailure extends Error {
  constructor(
    readonly error: string,
    readonly why: string,
  ) {
    super(why);
    this.name = error;
  }
}
