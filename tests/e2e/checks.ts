/** What holds and what does not, told as it is found out. */
export class Checks {
  readonly passed: string[] = [];
  readonly failed: { readonly name: string; readonly message: string }[] = [];

  /**
   * @param name a sentence that tells what holds.
   * @returns what the work answers; undefined where it failed, which is told and counted.
   */
  async check<Answer>(name: string, work: () => Answer | Promise<Answer>): Promise<Answer | undefined> {
    const startedAt = performance.now();
    try {
      const answer = await work();
      this.passed.push(name);
      console.log(`  ok      ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
      return answer;
    } catch (error) {
      this.#fail(name, error);
      return undefined;
    }
  }

  /** What stands around checks: nothing that holds by itself, but what throws there has failed. */
  async around(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(`${name} (not run to its end)`, error);
    }
  }

  #fail(name: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.failed.push({ name, message });
    console.log(`  FAILED  ${name}\n${message.replace(/^/gm, '          ')}`);
  }
}

/** Asks again and again. @throws Error with what was found last, when the time is over. */
export const until = async <Found>(
  what: string,
  look: () => Promise<Found>,
  isIt: (found: Found) => boolean,
  timeoutMs = 60_000,
): Promise<Found> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (isIt(found)) return found;
    if (Date.now() > deadline)
      throw new Error(
        `${what} did not come about in ${String(timeoutMs / 1000)} s; last seen: ${JSON.stringify(found)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};
