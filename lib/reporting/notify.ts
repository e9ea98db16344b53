import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Environment } from '../aws/environment';
import { isTransient, messageOf, nameOf } from '../aws/failure';
import type { End } from '../deployment/close';
import type { DeploymentRecord } from '../deployment/record';

/** A subject is at most 100 ASCII characters without line breaks (SNS API, Publish). */
const subjectOf = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);

export type Notice =
  | { readonly kind: 'started'; readonly record: DeploymentRecord }
  | {
      readonly kind: 'ended';
      readonly deployment: string;
      readonly record: DeploymentRecord | undefined;
      readonly end: End;
      /** Epoch milliseconds. */
      readonly at: number;
    };

/** The text that a person reads: what, who, how it ended, what is left and how to mend it. */
export const textOf = (notice: Notice): { subject: string; message: string } => {
  const { record } = notice;
  const what = record ? `${record.application} ${record.version}` : 'A request';
  if (notice.kind === 'started') {
    const by = notice.record.requestedBy === undefined ? '' : `, requested by ${notice.record.requestedBy}`;
    const why = notice.record.reason === undefined ? '' : `\nReason: ${notice.record.reason}`;
    return {
      subject: subjectOf(`Forseti: deploying ${what}`),
      message: `Deploying ${what} to ${notice.record.group} (${notice.record.strategy}, rollout ${notice.record.rollout})${by}.${why}\nDeployment: ${notice.record.deployment}`,
    };
  }
  const { end } = notice;
  const minutes = record
    ? ` after ${String(Math.round((notice.at - record.acceptedAt) / 60_000))} minutes`
    : '';
  const lines = [
    `${what}: ${end.outcome}${minutes}.`,
    ...(end.message === '' ? [] : [end.message]),
    ...end.left.map(
      (thing) => `Left: ${thing.note}${thing.mend === undefined ? '' : `\n  mend it with: ${thing.mend}`}`,
    ),
    ...end.foreign.map((thing) => `Changed by somebody else meanwhile and left alone: ${thing.note}`),
    ...(record?.warnings ?? []).map((warning) => `Warning: ${warning}`),
    `Deployment: ${notice.deployment}`,
  ];
  return { subject: subjectOf(`Forseti: ${what} ${end.outcome}`), message: lines.join('\n') };
};

/** Sends a notice to the application's topic, or the stack's; `Dirty` goes to the paging topic too. */
export const notify = async (sns: SNSClient, environment: Environment, notice: Notice): Promise<void> => {
  const settings = notice.record?.settings.notifications;
  const { subject, message } = textOf(notice);
  const { notifications, paging } = environment.topics;
  const topics = [{ own: settings?.topicArn, stack: notifications }];
  if (notice.kind === 'ended' && notice.end.outcome === 'Dirty')
    topics.push({ own: settings?.pagingTopicArn, stack: paging });
  await Promise.all(topics.map((topic) => publish(sns, topic, subject, message)));
};

/** SNS takes 256 KB; a long list of problems is cut, the record has all. */
const longestMessage = 60_000;

/**
 * To the application's own topic; where that refuses (it is gone, of another region, encrypted with a key that is not
 * ours to use), to the stack's. A wrong topic must neither keep an end from being told nor a record from being closed.
 */
const publish = async (
  sns: SNSClient,
  { own, stack }: { readonly own: string | undefined; readonly stack: string },
  Subject: string,
  message: string,
): Promise<void> => {
  const send = (TopicArn: string, note = '') =>
    sns.send(new PublishCommand({ TopicArn, Subject, Message: note + message.slice(0, longestMessage) }));
  try {
    await send(own ?? stack);
  } catch (error) {
    if (own === undefined || isTransient(error)) throw error;
    await send(stack, `Topic ${own} of the settings refused this: ${nameOf(error)}: ${messageOf(error)}\n\n`);
  }
};
