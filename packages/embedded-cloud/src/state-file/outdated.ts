/** The state was saved by another build, with which this one cannot go on. */
export class StateFileOutdated extends Error {
  override readonly name = 'StateFileOutdated';
}
