/** Resolves when the signal fires; at once where it has fired. */
export const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const fired = () => {
      resolve();
    };
    if (signal.aborted) fired();
    else signal.addEventListener('abort', fired, { once: true });
  });

/**
 * Works until the signal fires, whether or not the work heeds it. The signal is made for this work alone: the listener
 * stays on it.
 * @throws TimeoutError with `message`; else whatever the work throws
 */
export const withinTime = async <Answer>(
  work: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
  message: string,
): Promise<Answer> => {
  const timedOut = () => Object.assign(new Error(message), { name: 'TimeoutError' });
  const working = async () => {
    try {
      return await work(signal);
    } catch (error) {
      // The SDK tells its own name for a call that was aborted.
      throw signal.aborted ? timedOut() : error;
    }
  };
  const waiting = whenAborted(signal).then(() => {
    throw timedOut();
  });
  return Promise.race([working(), waiting]);
};
