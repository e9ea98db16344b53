import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { Table } from '../../lib/aws/table';
import { type Release, Releases } from '../../lib/engine/releases';
import { type Lack, describeFleet } from '../../lib/fleet/adoption';
import { describeGroup, type Group } from '../../lib/fleet/group';
import { type DescribedInstance, describeInstances } from '../../lib/fleet/instances';
import { memberOf } from '../../lib/fleet/members';
import { tags, tainted } from '../../lib/aws/tags';
import { RefusedEarly } from '../terminal/exitCodes';
import type { Session } from '../session/session';

/** What `forseti init` finds. */
export interface Found {
  readonly instance: DescribedInstance;
  /** Absent where the instance is a member of none. */
  readonly group?: Group;
  /** What of the fleet Forseti may not change yet. */
  readonly lacks: readonly Lack[];
  readonly lastGood: Release | undefined;
}

/** Auto Scaling's own tag on its members. */
const groupTag = 'aws:autoscaling:groupName';

/** The version that the instance runs by its tag, which a person need not be asked then. */
export const versionOf = ({ tags: found }: Pick<DescribedInstance, 'tags'>): string | undefined => {
  const version = found[tags.version];
  return version === tainted ? undefined : version;
};

const instanceOf = async (session: Session, id: string): Promise<DescribedInstance> => {
  const [instance] = await describeInstances(session.connect(EC2Client), [id]);
  if (instance?.state === 'running') return instance;
  throw new RefusedEarly(
    `Instance ${id} ${instance ? `is ${instance.state}` : `is not known in ${session.region}`}; expected one that runs. Check its id and the --region.`,
  );
};

/**
 * Looks at a running instance and at its group. Nothing is touched.
 * @throws RefusedEarly where it does not run, or is of a group in which it does not serve, or that is another application's.
 */
export const look = async (session: Session, application: string, id: string): Promise<Found> => {
  const instance = await instanceOf(session, id);
  const name = instance.tags[groupTag];
  const table = new Table<Release>(session.connect(DynamoDBClient), session.names.releasesTable);
  const lastGood = await new Releases(table).lastGood(application);
  if (name === undefined) return { instance, lacks: [], lastGood };
  const autoScaling = session.connect(AutoScalingClient);
  const group = await describeGroup(autoScaling, name);
  const lifecycle = memberOf(group, id)?.lifecycle ?? 'no member any more';
  if (lifecycle !== 'InService')
    throw new RefusedEarly(`Instance ${id} of group ${name} is ${lifecycle}; expected InService.`);
  const clients = { autoScaling, ec2: session.connect(EC2Client) };
  const lacks = await describeFleet(clients, application, name, session.region);
  const taken = lacks.filter((lack) => lack.taken);
  if (taken.length > 0) throw new RefusedEarly(taken.map(({ problem }) => problem).join('\n'));
  return { instance, group, lacks, lastGood };
};
