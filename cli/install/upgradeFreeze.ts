/** The freeze that an upgrade makes, and lifts again: its own, and nobody else's. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { nameOf } from '../../lib/aws/failure';
import type { Answer } from '../../lib/engine/input';
import { Table } from '../../lib/aws/table';
import { everyApplication, type FreezeItem, Freezes } from '../../lib/engine/freeze';
import { ask, askedBy } from '../session/ask';
import type { Session } from '../session/session';

/** Should this computer die, deployments are frozen no longer than that. */
const longestMs = 4 * 3_600_000;

/** The freeze of all applications that is in force in the session's region. */
const freezeOfAll = async (session: Session): Promise<FreezeItem | undefined> => {
  const table = new Table<FreezeItem>(session.connect(DynamoDBClient), session.names.locksTable);
  const all = await new Freezes(table).all(session.now());
  return all.find(({ application }) => application === everyApplication);
};

export interface UpgradeFreeze {
  /** What is told to the person. */
  readonly message: string;
  /** Lifts it. @returns what is told; undefined where it was not ours, or is not any more */
  readonly lift: () => Promise<string | undefined>;
}

/**
 * Freezes all applications, unless somebody has done so already: then that freeze serves, and stays.
 * @throws UsageError where there is no stack
 */
export const freezeForUpgrade = async (session: Session, version: string): Promise<UpgradeFreeze> => {
  const before = await freezeOfAll(session).catch((error: unknown) => {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  });
  if (before)
    return {
      message: `All applications are frozen by ${before.by} (${before.reason}): that freeze stays afterwards.`,
      lift: async () => undefined,
    };
  const by = askedBy(session);
  const { message } = await ask<Answer>(session, 'Freeze', {
    freeze: everyApplication,
    reason: `upgrade to ${version}`,
    by,
    until: session.now() + longestMs,
  });
  const ours = await freezeOfAll(session);
  return {
    message,
    lift: async () => {
      const now = await freezeOfAll(session);
      // Another freeze has taken the place of ours: whoever made it lifts it.
      if (now === undefined || ours === undefined || now.at !== ours.at || now.by !== ours.by)
        return undefined;
      return (await ask<Answer>(session, 'Freeze', { unfreeze: everyApplication, by })).message;
    },
  };
};
