/** `25%` of 20 is 5; `3` is 3. At least 1: Run Command never works on none. */
export const concurrency = (value: string, count: number): number =>
  Math.max(1, value.endsWith('%') ? Math.floor((count * Number(value.slice(0, -1))) / 100) : Number(value));
