/** A refusal of a simulated service, worded as by the real one. */
export class AwsError extends Error {
  /**
   * @param code the error's code on the wire (`AlreadyExists`, `InvalidAMIID.NotFound`); the SDK layer turns it into
   * the class and name that SDK v3 gives (`AlreadyExistsFault`).
   * @param message AWS's own wording, if it is documented.
   * @param details further members of the modelled error, `statusCode` among them (400 by default).
   */
  constructor(
    readonly code: string,
    message: string,
    readonly details: { readonly statusCode?: number } & Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}
