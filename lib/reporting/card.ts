import { cut, fitting, type Message } from './message';

/**
 * A custom notification of Amazon Q Developer in chat applications (once AWS Chatbot): what it shows in Slack and Teams
 * as a card. Anything else that comes over the topic it drops without a word (administrator guide, "Custom
 * notifications"; schema version 1.0).
 */
export interface Card {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** Cautious limits: the guide names few, and a card that exceeds one is not shown. */
const longest = { title: 250, line: 1_000, description: 6_000, step: 350, keyword: 75, detail: 250 };
const most = { steps: 8, keywords: 8, resources: 8 };

/** A chat would take `<!channel>` in somebody's reason for a call to all (Slack, "Escaping text"). */
const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const short = (text: string, length: number): string => escaped(cut(text.replace(/\s+/g, ' '), length));

/** A command is shown whole or not at all; the text and the record have it. */
const steps = (message: Message): string[] =>
  message.nextSteps
    .map(({ what, command }) => `${escaped(what)}: \`${escaped(command)}\``)
    .filter((step) => step.length <= longest.step)
    .slice(0, most.steps);

/** The card of a message, within what a chat shows. */
export const cardOf = (message: Message): Card => {
  const { title, sign, lines, keywords, resources, details, thread, eventType } = message;
  const nextSteps = steps(message);
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: `:${sign}: ${short(title, longest.title - 50)}`.slice(0, longest.title),
      description: fitting(
        lines.flatMap((line) => line.split('\n')).map((line) => escaped(cut(line, longest.line))),
        longest.description,
      ),
      ...(nextSteps.length > 0 && { nextSteps }),
      keywords: keywords.slice(0, most.keywords).map((keyword) => cut(keyword, longest.keyword)),
    },
    metadata: {
      threadId: thread,
      summary: short(title, longest.detail),
      eventType,
      relatedResources: resources.slice(0, most.resources),
      additionalContext: Object.fromEntries(
        Object.entries(details).map(([name, detail]) => [name, cut(detail, longest.detail)]),
      ),
    },
  };
};
