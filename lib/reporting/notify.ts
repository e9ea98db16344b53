import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Environment } from '../aws/environment';
import { isTransient, messageOf as causeOf, nameOf } from '../aws/failure';
import { cardOf } from './card';
import type { Channels } from './channels';
import type { Message } from './message';
import { noticeMessage } from './messages';
import { putEvent } from './putEvent';
import { eventOf } from './eventOf';
import { type Notice, pages, topicsOf } from './notice';
import { plainText, subjectOf } from './plain';

export type { Notice } from './notice';

/** The text that a person reads: what, who, how it ended, what is left and how to mend it. */
export const textOf = (notice: Notice): { subject: string; message: string } => {
  const message = noticeMessage(notice);
  return { subject: subjectOf(message.title), message: plainText(message) };
};

/**
 * What SNS gives to each protocol (API, Publish, `MessageStructure`): the card to `https`, by which Amazon Q Developer in
 * chat applications subscribes, and to programs; the text to mail and everything else.
 */
const bodyOf = (message: Message, note: string): string => {
  const shown = note === '' ? message : { ...message, lines: [note, '', ...message.lines] };
  const card = JSON.stringify(cardOf(shown));
  return JSON.stringify({ default: plainText(shown), https: card, lambda: card, sqs: card });
};

/**
 * Sends a notice to the application's topic, or the stack's, and to the paging topic if it pages; and puts it on the event
 * bus. All of it at once, so that a deployment waits for the slowest only.
 */
export const notify = async (
  { sns, eventBridge }: Channels,
  environment: Environment,
  notice: Notice,
): Promise<void> => {
  const settings = topicsOf(notice);
  const message = noticeMessage(notice);
  const { notifications, paging } = environment.topics;
  const topics = [{ own: settings?.topicArn, stack: notifications }];
  if (pages(notice)) topics.push({ own: settings?.pagingTopicArn, stack: paging });
  await Promise.all([
    ...topics.map((topic) => publish(sns, topic, message)),
    putEvent(eventBridge, environment, eventOf(notice)),
  ]);
};

/**
 * Publishes to the application's own topic. If that is refused (the topic is gone, in another region, or encrypted with a
 * key that we may not use), publishes to the stack's: a wrong topic must not prevent a notice, nor keep a record open.
 */
const publish = async (
  sns: SNSClient,
  { own, stack }: { readonly own: string | undefined; readonly stack: string },
  message: Message,
): Promise<void> => {
  const send = (TopicArn: string, note = '') =>
    sns.send(
      new PublishCommand({
        TopicArn,
        Subject: subjectOf(message.title),
        MessageStructure: 'json',
        Message: bodyOf(message, note),
      }),
    );
  try {
    await send(own ?? stack);
  } catch (error) {
    if (own === undefined || isTransient(error)) throw error;
    await send(stack, `Topic ${own} of the settings refused this: ${nameOf(error)}: ${causeOf(error)}`);
  }
};
