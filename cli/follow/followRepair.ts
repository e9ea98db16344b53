import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import type { Ending } from '../queries/ending';
import type { Session } from '../session/session';
import type { Terminal } from '../terminal/terminal';
import { follow } from './follow';

/** An event starts Mend within seconds; if the event is lost, the sweep does, which runs every five minutes. */
const maxIdleMs = 12 * 60_000;
const pollEveryMs = 5_000;

/**
 * Follows the repair of a deployment whose execution was stopped or timed out, until its record is closed.
 * @returns how it ended; undefined where no repair was started in time.
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
    const repair = record?.mendedBy;
    if (repair !== undefined && !followed.has(repair)) {
      followed.add(repair);
      await follow(session, repair, terminal, { ...options, repaired: deployment });
      newsAt = session.now();
    } else await session.sleep(pollEveryMs);
  }
  return undefined;
};
