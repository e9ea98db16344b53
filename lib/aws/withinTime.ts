/**
 * Rejects when the signal fires, also if the work ignores it.
 * @throws TimeoutError with `message`; else whatever the work throws
 */
export const withinTime = async <Answer>(
  work: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
  message = 'There was no answer in time.',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const give = () => {
      reject(Object.assign(new Error(message), { name: 'TimeoutError' }));
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
    const end = () => {
      signal.removeEventListener('abort', give);
    };
    // It may answer at once, or throw.
    const working = async () => work(signal);
    working().then(
      (answer) => {
        end();
        resolve(answer);
      },
      (error: unknown) => {
        end();
        if (signal.aborted) give();
        else reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
