import { type Effect, isOpen } from './effect';
import type { End, Failure, Leftover, Outcome } from './outcome';
import type { DeploymentRecord } from './record';

/** The note of an effect that the compensation did not reach. */
export const notReached = ({ kind, target, state }: Effect): string =>
  `The ${kind} of ${target} is ${state}: nobody could tell whether it was put back.`;

const leftover = (effect: Effect): Leftover => ({
  kind: effect.kind,
  target: effect.target,
  note: effect.note ?? notReached(effect),
  ...(effect.mend !== undefined && { mend: effect.mend }),
});

/** The end of a deployment or rollback that went well. */
export const wellEnded = ({ kind }: Pick<DeploymentRecord, 'kind'>): End => ({
  outcome: kind === 'rollback' ? 'RolledBack' : 'Deployed',
  error: 'None',
  message: '',
  problems: [],
  left: [],
  foreign: [],
});

type Ended = Pick<DeploymentRecord, 'kind' | 'completedAt' | 'failure' | 'handedTo' | 'replaced'>;

/**
 * The outcome follows from the record alone. A record that reached its point of no return is `Deployed` (`RolledBack`
 * for a rollback). If nothing was ever touched, it is `Rejected` or `Superseded`. If all was put back (or changed
 * externally meanwhile), it is `RolledBack`. Anything else is `Dirty`.
 */
export const endOf = (
  record: Ended | undefined,
  effects: readonly Effect[],
  caught: Failure | undefined,
): End => {
  const failure = record?.failure ?? caught;
  const problems = failure?.problems ?? [];
  const replaced = record?.replaced === undefined ? [] : [record.replaced];
  const told = {
    error: failure?.error ?? 'None',
    message: [failure?.message ?? '', ...replaced].join('\n'),
    // Second, since many problems are shown in part.
    problems: [...problems.slice(0, 1), ...replaced, ...problems.slice(1)],
    ...(record?.handedTo && { handedTo: record.handedTo.deployment }),
  };
  if (record?.completedAt !== undefined) return wellEnded(record);
  const open = effects.filter((effect) => effect.state === 'left' || isOpen(effect));
  const foreign = effects.filter(({ state }) => state === 'foreign').map(leftover);
  const touched = effects.some(({ state }) => state !== 'void');
  const untouchedOutcome: Outcome = failure?.error === 'Superseded' ? 'Superseded' : 'Rejected';
  return {
    outcome: open.length > 0 ? 'Dirty' : touched ? 'RolledBack' : untouchedOutcome,
    ...told,
    left: open.map(leftover),
    foreign,
  };
};

/** AWS takes at most 32,768 characters as a cause; the record keeps the whole text. */
const maxCauseLength = 30_000;

export const causeOf = (end: End): string => {
  const text = JSON.stringify(end);
  if (text.length <= maxCauseLength) return text;
  return JSON.stringify({
    ...end,
    message: end.message.slice(0, 8_000),
    problems: end.problems.slice(0, 20).map((problem) => problem.slice(0, 500)),
    left: end.left.slice(0, 20),
    foreign: end.foreign.slice(0, 10),
  });
};

/** What a Catch put into the state: the error's name, and a Lambda's cause as JSON. */
export const failureOf = (state: unknown): Failure | undefined => {
  const found = state as { error?: CaughtError; Error?: string; Cause?: string } | null;
  const caught: CaughtError | undefined = found?.error ?? (found?.Error !== undefined ? found : undefined);
  if (caught?.Error === undefined) return undefined;
  const message = messageIn(caught.Cause) ?? `The step ended with ${caught.Error}.`;
  const [first = '', ...rest] = message.split('\n');
  const problems = rest.filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
  return {
    error: caught.Error,
    message,
    problems: problems.length > 0 ? problems : [first],
  };
};

interface CaughtError {
  readonly Error?: string;
  readonly Cause?: string;
}

const messageIn = (cause: string | undefined): string | undefined => {
  if (cause === undefined || cause === '') return undefined;
  try {
    return (JSON.parse(cause) as { errorMessage?: string }).errorMessage ?? cause;
  } catch {
    return cause;
  }
};
