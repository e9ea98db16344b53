/** Collects which checks passed and which failed, and prints each result at once. */
export class Checks {
  readonly passed: string[] = [];
  readonly failed: { readonly name: string; readonly message: string }[] = [];

  /**
   * @param name a sentence that states what holds.
   * @returns the answer of the work; undefined if it failed, which is printed and counted.
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

  /** Runs work that prepares checks. It is no check itself, but an error in it counts as a failure. */
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

/** Polls until `isIt` holds. @throws Error with what was found last, when the time is over. */
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
