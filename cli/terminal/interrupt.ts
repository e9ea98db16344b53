import { interruptedExitCode } from './exitCodes';

/** What a command does when it is asked to end; without one the process ends at once. */
type Listener = () => void;
type Closer = () => Promise<void>;

const listeners = new Set<Listener>();
const closers = new Set<Closer>();

/** @returns what takes the entry out again. */
const entered = <Entry>(set: Set<Entry>, entry: Entry): (() => void) => {
  set.add(entry);
  return () => void set.delete(entry);
};

/** For a command that ends in its own way on Ctrl-C, or when nobody reads its output any more. */
export const whenInterrupted = (listener: Listener): (() => void) => entered(listeners, listener);

/** What must be done before the process ends on a signal: the embedded cloud is saved and its file let go. */
export const beforeEnding = (closer: Closer): (() => void) => entered(closers, closer);

/** Asks the running command to end. @returns whether it listens. */
const ask = (): boolean => {
  const asked = [...listeners];
  for (const listener of asked) listener();
  return asked.length > 0;
};

/** The first signal asks; the second, or the first where nobody listens, closes and ends; the third ends at once. */
export const makeInterrupt = (end: () => void): (() => Promise<void>) => {
  let signals = 0;
  return async () => {
    signals += 1;
    if (signals === 1 && ask()) return;
    if (signals <= 2) await Promise.allSettled([...closers].map((close) => close()));
    end();
  };
};

/** Sees to signals and to a reader that has left, such as `head`: what cannot be written any more is dropped. */
export const seeToInterrupts = (giveCursorBack: () => void): void => {
  const interrupt = makeInterrupt(() => {
    giveCursorBack();
    process.exit(interruptedExitCode);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      void interrupt();
    });
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      ask();
    });
};
