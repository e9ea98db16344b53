import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { SettingsInput } from '../../lib/application/parse';
import { readSettings } from '../../lib/application/store';
import { nameOf } from '../../lib/aws/failure';
import { tags } from '../../lib/aws/tags';
import type { Release } from '../../lib/engine/releases';
import { describeGroup } from '../../lib/fleet/group';
import { readExisting } from '../../lib/scaling/existing';
import type { Session } from '../session/session';
import type { StoredGroups } from './fleetOwners';
import { regionsSeen, sessionIn } from './regions';
import { releasesOf } from './releaseStatus';

/** What an application has left on a group that its settings name no more, or in another region. */
export interface LeftBehind {
  readonly application: string;
  readonly group: string;
  readonly region: string;
  /** The application has no settings any more. */
  readonly gone: boolean;
  /** Its group as the settings name it now. */
  readonly now?: string;
  /** The application that has the old group now. */
  readonly heir?: string;
  /** The group carries its tag. */
  readonly tagged: boolean;
  /** Full names of Forseti's scaling policies on the group. */
  readonly policies: readonly string[];
  /** Full names of its alarms. */
  readonly alarms: readonly string[];
  /** Those of the group that can still be gone back to, the newest first. */
  readonly releases: readonly Release[];
}

/** What AWS has of a group; nothing where the group is gone. */
const onGroup = async (
  session: Session,
  application: string,
  group: string,
): Promise<Pick<LeftBehind, 'tagged' | 'policies' | 'alarms'>> => {
  const autoScaling = session.connect(AutoScalingClient);
  const cloudWatch = session.connect(CloudWatchClient);
  try {
    const found = await describeGroup(autoScaling, group);
    const { policies, alarms } = await readExisting(
      { autoScaling, cloudWatch },
      { stage: session.stage, application, group },
    );
    return {
      tagged: found.tags[tags.application] === application,
      policies: Object.keys(policies).sort(),
      alarms: Object.keys(alarms).sort(),
    };
  } catch (error) {
    if (nameOf(error) !== 'FleetUnsettled') throw error;
    return { tagged: false, policies: [], alarms: [] };
  }
};

export interface Application {
  readonly application: string;
  readonly gone: boolean;
  readonly before: string | undefined;
  readonly now: string | undefined;
}

/** The groups that an application had and has no more. A former one of which only releases are left was told before. */
const ofApplication = async (
  session: Session,
  { application, gone, before, now }: Application,
  after: StoredGroups,
): Promise<LeftBehind[]> => {
  const releases = (await releasesOf(session, application)).filter(
    ({ cleanedAt }) => cleanedAt === undefined,
  );
  const groups = new Set([...(before === undefined ? [] : [before]), ...releases.map(({ group }) => group)]);
  const found: LeftBehind[] = [];
  for (const group of groups) {
    if (group === now) continue;
    const there = await onGroup(session, application, group);
    const heir = [...after].find(([name, its]) => its === group && name !== application)?.[0];
    // What was handed over with the group is the heir's now.
    const theirs = new Set(
      heir === undefined ? [] : (await releasesOf(session, heir)).map(({ release }) => release),
    );
    // Another application may have the group already, whose policies these are.
    const policies = heir === undefined || there.tagged ? there.policies : [];
    if (group !== before && !there.tagged && policies.length === 0) continue;
    found.push({
      application,
      group,
      region: session.region,
      gone,
      ...(now !== undefined && { now }),
      ...(heir !== undefined && { heir }),
      ...there,
      policies,
      releases: releases.filter((one) => one.group === group && !theirs.has(one.release)),
    });
  }
  return found;
};

/** What applications that are new in this region have in the other one. A region that does not answer tells nothing. */
const elsewhere = async (session: Session, created: readonly string[]): Promise<LeftBehind[]> => {
  if (created.length === 0) return [];
  const regions = await regionsSeen(session).catch(() => undefined);
  const others = [regions?.home, regions?.standby].filter(
    (region): region is string => region !== undefined && region !== session.region,
  );
  const found = await Promise.all(
    others.flatMap((region) =>
      created.map(async (application): Promise<LeftBehind | undefined> => {
        const there = sessionIn(session, region);
        const stored = await readSettings(
          there.connect(SSMClient),
          session.names.settingsPrefix,
          application,
        ).catch(() => undefined);
        if (!stored) return undefined;
        const { group } = stored.settings;
        const [rest, releases] = await Promise.all([
          onGroup(there, application, group),
          releasesOf(there, application),
        ]);
        const usable = releases.filter(({ cleanedAt }) => cleanedAt === undefined);
        return { application, group, region, gone: false, ...rest, releases: usable };
      }),
    ),
  );
  return found.filter((one) => one !== undefined);
};

/**
 * What applied settings leave behind: on a group that they name no more, of an application that was removed or renamed,
 * or in another region.
 */
export const leftBehind = async (
  session: Session,
  { applications }: SettingsInput,
  {
    before,
    after,
    removed,
    created,
  }: {
    readonly before: StoredGroups;
    readonly after: StoredGroups;
    readonly removed: readonly string[];
    readonly created: readonly string[];
  },
): Promise<LeftBehind[]> => {
  const subjects: Application[] = [
    ...Object.entries(applications).map(([application, { group }]) => ({
      application,
      gone: false,
      before: before.get(application),
      now: group,
    })),
    ...removed.map((application) => ({
      application,
      gone: true,
      before: before.get(application),
      now: undefined,
    })),
  ];
  const found: LeftBehind[] = [];
  for (const subject of subjects) found.push(...(await ofApplication(session, subject, after)));
  return [...found, ...(await elsewhere(session, created))];
};
