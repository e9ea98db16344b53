/**
 * `intended`: may or may not have happened. `done`: happened. `undone`: put back. `void`: never happened.
 * `foreign`: somebody else changed it meanwhile, left as it is. `left`: could not be put back.
 * `kept`: superseded by the deployment's success, nothing to undo any more. `handed`: left to the rollback that halted
 * the deployment. `spare`: kept for a while, so that the deployment can be resumed from it.
 */
export type EffectState =
  'intended' | 'done' | 'undone' | 'void' | 'foreign' | 'left' | 'kept' | 'handed' | 'spare';

/** What effects of one kind store; plain JSON, since it is kept in DynamoDB. */
export interface EffectShape {
  readonly kind: string;
  /** What is changed: unique among a deployment's effects of the kind. */
  readonly target: string;
  /** What was there before. */
  readonly before: unknown;
  /** What the deployment wrote. */
  readonly wrote: unknown;
  /** What AWS answered, as far as an undo needs it: ids. */
  readonly result: unknown;
}

/** For `before` or `wrote` of what is made rather than changed. */
export type NothingWritten = Readonly<Record<string, never>>;

/** Item `effect#KIND#TARGET` of a deployment. */
export interface Effect<Shape extends EffectShape = EffectShape> {
  readonly deployment: string;
  readonly item: string;
  /** See format.ts. */
  readonly format?: number;
  readonly kind: Shape['kind'];
  readonly target: Shape['target'];
  readonly step: string;
  readonly before: Shape['before'];
  readonly wrote: Shape['wrote'];
  /** Absent as long as only the intent is known. */
  readonly result?: Shape['result'];
  readonly state: EffectState;
  readonly intendedAt: number;
  /** Why it is left or foreign, in a sentence. */
  readonly note?: string;
  /** The command with which a person repairs what is left. */
  readonly mend?: string;
}

/** What a step is about to change. */
export type Intent<Shape extends EffectShape = EffectShape> = Pick<
  Effect<Shape>,
  'target' | 'before' | 'wrote'
>;

/** May have happened, and has not been dealt with. */
export const isOpen = ({ state }: Pick<Effect, 'state'>): boolean => state === 'done' || state === 'intended';
