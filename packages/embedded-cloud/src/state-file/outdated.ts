/** The state was saved by another build, and this build cannot continue it. */
export class StateFileOutdated extends Error {
  override readonly name = 'StateFileOutdated';
}
