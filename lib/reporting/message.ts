/** One thing that is told to people, before it is known where they read it. */
export interface Message {
  /** A short sentence: what happened to what. */
  readonly title: string;
  /** An emoji's name, as chats know it. */
  readonly sign: string;
  /** For whoever filters: `DeploymentStarted`. */
  readonly eventType: string;
  readonly lines: readonly string[];
  readonly nextSteps: readonly NextStep[];
  /** What belongs together is shown as one thread. */
  readonly thread: string;
  /** Words by which a chat can be searched. */
  readonly keywords: readonly string[];
  /** What it is about, in AWS: names and ARNs. */
  readonly resources: readonly string[];
  readonly details: Readonly<Record<string, string>>;
}

export interface NextStep {
  readonly what: string;
  /** As it is typed into a shell. */
  readonly command: string;
}

/** Keeps at most `most` characters, and shows that there were more. */
export const cut = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const kept = text.slice(0, most - 1);
  // Does not cut a surrogate pair in half.
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
};

/** As many lines as fit, and how many did not. */
export const fitting = (lines: readonly string[], most: number): string => {
  const note = (left: number) => `… and ${String(left)} more lines; the deployment's record has all of them.`;
  const room = most - note(lines.length).length - 1;
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > room) break;
    kept.push(line);
  }
  const left = lines.length - kept.length;
  return left === 0 ? kept.join('\n') : [...kept, note(left)].join('\n');
};
