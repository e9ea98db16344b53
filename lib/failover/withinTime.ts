/** Waits for work until the signal fires, whether or not the work heeds it. @throws TimeoutError */
export const withinTime = async <Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const give = () => {
      reject(Object.assign(new Error('There was no answer in time.'), { name: 'TimeoutError' }));
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
    work.then(resolve, reject);
  });
