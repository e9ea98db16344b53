import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { ApplicationSettings } from '../../lib/application/schema';
import { type Drift, judgeDrift } from '../../lib/drift/findings';
import { deployedBy } from '../../lib/drift/fleetDrift';
import { readTemplates } from '../../lib/drift/gather';
import type { DriftItem } from '../../lib/drift/item';
import { type DriftSubject, releaseToRun } from '../../lib/drift/subject';
import type { Release } from '../../lib/engine/releases';
import { type Group, groupOf } from '../../lib/fleet/group';
import type { Session } from '../session/session';
import { storesOf } from './deployments';
import type { ScalingStatus } from './scalingStatus';

/** What is known of one difference. Times are epoch milliseconds. */
export interface DriftNote {
  readonly what: string;
  /** The settings were changed, and no deployment has brought that to the fleet yet. */
  readonly pending: boolean;
  /** The command that puts it back. */
  readonly mend: string;
  /** When the watch saw it first, when it was told, and what CloudTrail said of who it was. */
  readonly seenAt?: number;
  readonly toldAt?: number;
  readonly who?: string;
}

export interface DriftStatus {
  readonly drift: Drift;
  /** Absent where nothing differs. */
  readonly driftNotes?: readonly DriftNote[];
}

interface FleetRead {
  readonly group: AutoScalingGroup;
  /** Of the application, the newest first. */
  readonly releases: readonly Release[];
  readonly instances: DriftSubject['instances'];
  readonly scaling: ScalingStatus;
  readonly item: DriftItem | undefined;
  /** Nothing was deployed or rolled back yet, so that there is no record to read. */
  readonly untouched: boolean;
}

/**
 * The launch template is read only where it matters, since the number of calls is limited: for the number that `$Latest`
 * stands for, and where the watch has found a tag missing.
 */
const templateFor = async (
  session: Session,
  group: Group,
  item: DriftItem | undefined,
): Promise<Pick<DriftSubject, 'template'>> => {
  const { id, version } = group.launchTemplate ?? { id: '', version: '' };
  if (!version.startsWith('$') && item?.open.some(({ part }) => part === 'tags') !== true) return {};
  const template = (await readTemplates(session.connect(EC2Client), [group])).get(id);
  return template ? { template } : {};
};

/** The drift of a fleet at rest, judged as the watch does, with what the watch noted of it. */
export const driftStatus = async (
  session: Session,
  application: string,
  settings: ApplicationSettings,
  { group: read, releases, instances, scaling, item, untouched }: FleetRead,
): Promise<DriftStatus> => {
  const group = groupOf(read);
  const { changes, problem, compare } = scaling;
  const subject: DriftSubject = {
    application,
    region: session.region,
    settings,
    group,
    ...(await templateFor(session, group, item)),
    releases,
    instances,
    scaling: changes,
    ...(problem !== undefined && { problem }),
  };
  const first = judgeDrift(subject);
  if (first.findings.length === 0) return { drift: first.drift };
  const release = releaseToRun(subject);
  const record = release && !untouched ? await storesOf(session).records.find(release.deployment) : undefined;
  const { drift, findings } = judgeDrift({ ...subject, ...(compare && deployedBy(record, compare)) });
  return {
    drift,
    driftNotes: findings.map(({ key, what, pending, mend }) => {
      const seen = item?.open.find((one) => one.key === key);
      return {
        what,
        pending,
        mend,
        ...(seen && { seenAt: seen.seenAt }),
        ...(seen?.toldAt !== undefined && { toldAt: seen.toldAt }),
        ...(seen?.who !== undefined && { who: seen.who }),
      };
    }),
  };
};
