import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import type { Ending } from './ending';
import { follow } from './follow';
import type { Session } from '../session/session';
import type { Terminal } from '../terminal/terminal';

/** Mend is started by an event within seconds; should that be lost, by the sweep of every fifth minute. */
const maxIdleMs = 12 * 60_000;
const lookEveryMs = 5_000;

/**
 * Follows the mending of an execution that ended otherwise than by itself, until its record is closed.
 * @returns how it ended; undefined where nobody mends it.
 */
export const followRepair = async (
  session: Session,
  deployment: string,
  terminal: Terminal,
  options: { readonly quiet?: boolean } = {},
): Promise<Ending | undefined> => {
  const records = new Records(
    new Table<DeploymentRecord | StepItem>(session.connect(DynamoDBClient), session.names.deploymentsTable),
  );
  const followed = new Set<string>();
  let newsAt = session.now();
  while (session.now() - newsAt < maxIdleMs) {
    const record = await records.find(deployment);
    if (record?.end) return { kind: record.kind, ...record.end };
    const mender = record?.mendedBy;
    if (mender !== undefined && !followed.has(mender)) {
      followed.add(mender);
      await follow(session, mender, terminal, { ...options, mended: deployment });
      newsAt = session.now();
    } else await session.sleep(lookEveryMs);
  }
  return undefined;
};
