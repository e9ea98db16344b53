import { cut, fitting, type Message } from './message';

/** A subject has less than 100 characters; these are ASCII, without line breaks (SNS API, Publish). */
export const subjectOf = (title: string): string =>
  `Forseti: ${title}`.replace(/[^\x20-\x7e]+/g, '?').slice(0, 99);

/** A long cause, such as the output of a playbook, must leave room for the rest. */
const maxLineLength = 2_000;
/**
 * SNS takes 256 KB for all protocols together, as JSON: a character can take three bytes, or two where it is escaped, and
 * the card needs room too.
 */
const maxTextLength = 40_000;

/** What somebody reads in a mail: what happened, and what can be done, each command on a line of its own. */
export const plainText = ({ lines, nextSteps, thread }: Message): string =>
  fitting(
    [
      ...lines.flatMap((line) => line.split('\n')).map((line) => cut(line, maxLineLength)),
      // A command is shown whole or not at all; the record has it.
      ...nextSteps
        .filter(({ command }) => command.length <= maxLineLength)
        .flatMap(({ what, command }) => [`${cut(what, maxLineLength)}:`, `  ${command}`]),
      `Deployment: ${thread}`,
    ],
    maxTextLength,
  );
