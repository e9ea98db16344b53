/**
 * `intended`: may or may not have happened. `done`: happened. `undone`: put back. `void`: never happened.
 * `foreign`: changed externally meanwhile, left as it is. `left`: could not be put back.
 * `kept`: stays, since the deployment succeeded. `handed`: handed over to the rollback that halted the deployment.
 * `spare`: retained for a while, so that the deployment can be resumed from it.
 */
export type EffectState =
  'intended' | 'done' | 'undone' | 'void' | 'foreign' | 'left' | 'kept' | 'handed' | 'spare';

/** What an effect of one kind stores. Plain JSON, since it is kept in DynamoDB. */
export interface EffectShape {
  readonly kind: string;
  /** What is changed: unique among a deployment's effects of the kind. */
  readonly target: string;
  /** What was there before. */
  readonly before: unknown;
  /** What the deployment wrote. */
  readonly wrote: unknown;
  /** AWS's answer, as far as an undo needs it: ids. */
  readonly result: unknown;
}

/** For `before` or `wrote` of what is created rather than changed. */
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
  /** Absent while only the intent is known. */
  readonly result?: Shape['result'];
  readonly state: EffectState;
  readonly intendedAt: number;
  /** Why it is left or was changed externally, in a sentence. */
  readonly note?: string;
  /** The command with which a person repairs what is left. */
  readonly mend?: string;
}

/** What a step is about to change. */
export type Intent<Shape extends EffectShape = EffectShape> = Pick<
  Effect<Shape>,
  'target' | 'before' | 'wrote'
>;

/** May have happened, and is not settled yet. */
export const isOpen = ({ state }: Pick<Effect, 'state'>): boolean => state === 'done' || state === 'intended';
