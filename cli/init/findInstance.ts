import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { Release } from '../../lib/engine/releases';
import { type Lack, describeFleet } from '../../lib/fleet/adoption';
import { describeGroup, type Group } from '../../lib/fleet/group';
import { type DescribedInstance, describeInstances } from '../../lib/fleet/instances';
import { memberOf } from '../../lib/fleet/members';
import { tags, tainted } from '../../lib/aws/tags';
import { lastGoodRelease } from '../queries/releaseStatus';
import { RefusedEarly } from '../terminal/errors';
import type { Session } from '../session/session';

/** An instance that is to become the first release, with what there is around it. */
export interface FoundInstance {
  readonly instance: DescribedInstance;
  /** The Auto Scaling group that the instance is in. */
  readonly group?: Group;
  /** What of the group Forseti may not change yet. */
  readonly lacks: readonly Lack[];
  readonly lastGood: Release | undefined;
}

/** Auto Scaling's own tag on its members. */
const groupTag = 'aws:autoscaling:groupName';

/** The version that the instance's tag says, so that the person need not give it. */
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
 * Reads a running instance and its group. Nothing is changed.
 * @throws RefusedEarly if it does not run, does not serve in its group, or its group is another application's.
 */
export const findInstance = async (
  session: Session,
  application: string,
  id: string,
): Promise<FoundInstance> => {
  const instance = await instanceOf(session, id);
  const name = instance.tags[groupTag];
  // The group of a new fleet is named after the application; see newGroup.ts.
  if (name === undefined) {
    const own = { group: application, launchTemplate: undefined };
    return { instance, lacks: [], lastGood: await lastGoodRelease(session, application, own) };
  }
  const autoScaling = session.connect(AutoScalingClient);
  const group = await describeGroup(autoScaling, name);
  const lifecycle = memberOf(group, id)?.lifecycle ?? 'no member any more';
  if (lifecycle !== 'InService')
    throw new RefusedEarly(`Instance ${id} of group ${name} is ${lifecycle}; expected InService.`);
  const clients = { autoScaling, ec2: session.connect(EC2Client) };
  const lacks = await describeFleet(clients, application, name, session.region);
  const taken = lacks.filter((lack) => lack.taken);
  if (taken.length > 0) throw new RefusedEarly(taken.map(({ problem }) => problem).join('\n'));
  const fleet = { group: name, launchTemplate: group.launchTemplate?.id };
  return { instance, group, lacks, lastGood: await lastGoodRelease(session, application, fleet) };
};
