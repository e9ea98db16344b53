import { RE2JS } from 're2js';

/** A pattern of the settings, compiled. */
export interface Pattern {
  readonly test: (text: string) => boolean;
}

/**
 * Compiles a pattern that somebody wrote, in RE2's syntax. RE2 reads each character of a text once, so that no pattern
 * takes exponential time: JavaScript's own engine needs 40 s for `^web-([a-z0-9]+-?)+$` and a tag of 30 letters.
 *
 * @throws Error where RE2 does not know the syntax.
 */
export const compilePattern = (pattern: string): Pattern => {
  const compiled = RE2JS.compile(pattern);
  return { test: (text) => compiled.test(text) };
};

/** What RE2 has against a pattern; undefined where it can be used. */
export const patternProblem = (pattern: string): string | undefined => {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(
      /^error parsing regexp: /,
      '',
    );
    return (
      `is ${JSON.stringify(pattern)}, which RE2 cannot match (${reason}): patterns run in linear time, so there are ` +
      'no lookaheads, lookbehinds or backreferences; write it without them, for example with "^", "$", "[...]" and "|"'
    );
  }
};
