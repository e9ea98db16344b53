import { interruptedExitCode } from './exitCodes';

/** Called when the command is asked to end; without a listener, the process ends at once. */
type Listener = () => void;
type Closer = () => Promise<void>;

const listeners = new Set<Listener>();
const closers = new Set<Closer>();

/** Adds an entry. @returns removes it again. */
const register = <Entry>(set: Set<Entry>, entry: Entry): (() => void) => {
  set.add(entry);
  return () => void set.delete(entry);
};

/** Lets a command end in its own way on Ctrl-C, or when the reader of its output has left. @returns removes the listener. */
export const whenInterrupted = (listener: Listener): (() => void) => register(listeners, listener);

/** Registers what must be done before a signal ends the process, such as saving the embedded cloud. */
export const beforeEnding = (closer: Closer): (() => void) => register(closers, closer);

/** Asks the running command to end. @returns whether it listens. */
const ask = (): boolean => {
  const asked = [...listeners];
  for (const listener of asked) listener();
  return asked.length > 0;
};

/**
 * The handler of signals. The first asks the command to end; the second, or the first if nothing listens, closes and ends;
 * the third ends at once.
 */
export const makeInterrupt = (end: () => void): (() => Promise<void>) => {
  let signals = 0;
  return async () => {
    signals += 1;
    if (signals === 1 && ask()) return;
    if (signals <= 2) await Promise.allSettled([...closers].map((close) => close()));
    end();
  };
};

/** Handles signals, and a reader of the output that has left, such as `head`: further output is dropped. */
export const handleInterrupts = (giveCursorBack: () => void): void => {
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
