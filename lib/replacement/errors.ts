/** Names that `ErrorEquals` in statemachines/replace.yml matches, so each is written out. */
abstract class ReplacementError extends Error {
  abstract override readonly name: string;
  constructor(readonly problems: readonly string[]) {
    super(problems.join(' '));
  }
}

/** It cannot be done now, but perhaps later within the hours of the settings. Nothing was touched. */
export class NotNow extends ReplacementError {
  override readonly name = 'NotNow';
}
/** It must not be done, or cannot be done within the hours. Nothing was touched. */
export class Refused extends ReplacementError {
  override readonly name = 'Refused';
}
/** The old instance is gone, and no other comes in its place. */
export class NotReplaced extends ReplacementError {
  override readonly name = 'NotReplaced';
}
/** The old instance is on its way out, the new one does not serve yet. */
export class NotServing extends ReplacementError {
  override readonly name = 'NotServing';
}
