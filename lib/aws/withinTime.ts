/**
 * Rejects when the signal fires, even if the work ignores the signal.
 * @throws TimeoutError with `message`; otherwise what the work throws
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
    // The work may throw before it returns a promise.
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
