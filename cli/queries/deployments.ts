import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { nearest } from '../../lib/application/nearest';
import { listApplications } from '../../lib/application/store';
import { Table } from '../../lib/aws/table';
import { heldBack } from '../../lib/deployment/queue';
import { Locks } from '../../lib/engine/lock';
import type { LockItem } from '../../lib/engine/lockItem';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import { RefusedEarly } from '../terminal/errors';
import type { Session } from '../session/session';

/** This many of an application's latest deployments and rollbacks are read. */
const maxLatest = 20;

/** The stack's tables, as far as they tell of deployments. */
export const storesOf = (session: Session) => {
  const dynamodb = session.connect(DynamoDBClient);
  const table = new Table<DeploymentRecord | StepItem>(dynamodb, session.names.deploymentsTable);
  return {
    records: new Records(table),
    locks: new Locks(new Table<LockItem>(dynamodb, session.names.locksTable)),
    /** The newest first. Records of refused requests are among them, which hold little. */
    latest: async (application: string): Promise<DeploymentRecord[]> =>
      (await table.query(
        { expression: 'application = :application', values: { ':application': application } },
        { index: 'byApplication', backwards: true, limit: maxLatest },
      )) as DeploymentRecord[],
  };
};

export type Stores = ReturnType<typeof storesOf>;

/** The state in which a deployment waits for a person's approval; undefined if it does not. */
export const waitingIn = (
  record: DeploymentRecord,
  steps: readonly StepItem[],
  lock: LockItem | undefined,
): 'Approval' | 'Queue' | undefined => {
  if (record.closedAt !== undefined || record.approval !== undefined) return undefined;
  const isIn = (state: string): boolean =>
    steps.some(({ item, endedAt }) => item === `step#${state}` && endedAt === undefined);
  if (isIn('Approval')) return 'Approval';
  return isIn('Queue') && heldBack(record, lock) !== undefined ? 'Queue' : undefined;
};

/** As {@link waitingIn}, with the steps and the lock read first. */
export const waitsFor = async (
  record: DeploymentRecord,
  { records, locks }: Pick<Stores, 'records' | 'locks'>,
): Promise<'Approval' | 'Queue' | undefined> => {
  if (record.closedAt !== undefined) return undefined;
  const [steps, lock] = await Promise.all([records.steps(record.deployment), locks.read(record.group)]);
  return waitingIn(record, steps, lock);
};

/** The refusal of an unknown name, with the name that was probably meant. */
const unknownName = (
  text: string,
  applications: readonly string[],
  deployments: readonly string[],
): RefusedEarly => {
  const meant = nearest(text, [...applications, ...deployments]);
  return new RefusedEarly(
    `There is no deployment ${text}${meant === undefined ? '. ' : `; did you mean ${meant}? `}` +
      (deployments.length > 0
        ? `The latest are: ${deployments.slice(0, 5).join(', ')}.`
        : `Applications are: ${applications.join(', ') || 'none'}; forseti status APP names their latest deployments.`),
  );
};

/** A deployment by its name, or the latest ones of an application. @throws RefusedEarly */
export const findDeployments = async (session: Session, text: string): Promise<DeploymentRecord[]> => {
  const stores = storesOf(session);
  const found = await stores.records.find(text);
  if (found) return [found];
  const applications = await listApplications(session.connect(SSMClient), session.names.settingsPrefix);
  if (applications.includes(text)) return stores.latest(text);
  // A deployment's name begins with its application's.
  const owners = applications.filter((application) => text.startsWith(`${application}-`));
  const latest = await Promise.all(owners.map((application) => stores.latest(application)));
  throw unknownName(
    text,
    applications,
    latest.flat().map(({ deployment }) => deployment),
  );
};
