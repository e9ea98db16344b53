import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Environment } from '../aws/environment';
import type { Table } from '../aws/table';
import { waitingTagKey } from './names';
import { expiresAt, putOnce } from './once';
import type { PushedTag } from './tagEvent';

/** Item of the requests table: a tag that waits for a region, which may have a fleet that it is meant for. */
export interface WaitingItem {
  readonly key: string;
  /** Epoch milliseconds: when it began to wait. */
  readonly receivedAt: number;
  readonly repository: string;
  readonly tag: string;
  readonly commit: string;
  /** Epoch milliseconds: when whoever is on duty was notified. */
  readonly toldAt?: number;
  readonly expiresAt: number;
}

export interface WaitingTools {
  readonly waiting: Table<WaitingItem>;
  readonly sns: SNSClient;
  readonly environment: Pick<Environment, 'topics' | 'stage'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** After so long whoever is on duty should know that an outage holds up a deployment. */
const notifyAfterMs = 60 * 60_000;

/**
 * Keeps since when a tag waits, and notifies whoever is on duty after an hour, once. The tag is sent again for as long as the
 * region does not answer, and nobody would see that it waits.
 * @param errors of the regions: `eu-west-1: TimeoutError`
 */
export const noteWaiting = async (
  tag: PushedTag,
  errors: readonly string[],
  { waiting, sns, environment, clock }: WaitingTools,
): Promise<void> => {
  const now = clock();
  const { repository, commit } = tag;
  const key = waitingTagKey(repository, tag.tag, commit);
  const item: WaitingItem = {
    key,
    receivedAt: now,
    repository,
    tag: tag.tag,
    commit,
    expiresAt: expiresAt(now, 90),
  };
  const first = await putOnce(waiting, item);
  if (first.toldAt !== undefined || now - first.receivedAt < notifyAfterMs) return;
  const since = new Date(first.receivedAt).toISOString();
  await sns.send(
    new PublishCommand({
      TopicArn: environment.topics.paging,
      Subject: `Forseti ${environment.stage}: tag ${tag.tag} waits for a region`.slice(0, 100),
      Message:
        `The tag ${tag.tag} of ${repository} waits since ${since}, and is tried every 5 minutes: ${errors.join('; ')}.\n` +
        'Fleets of that region may be meant. It is taken as soon as the region answers; nothing has to be sent again.',
    }),
  );
  // Notified first, marked then: a death in between notifies twice, and never not at all.
  await waiting.update({ key }, { expression: 'SET toldAt = :now', values: { ':now': now } });
};
