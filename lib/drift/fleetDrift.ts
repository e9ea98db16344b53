import type { ApplicationSettings } from '../application/schema';
import { imageFrom } from '../engine/imageFrom';
import type { DeploymentRecord } from '../engine/record';
import type { Release } from '../engine/releases';
import { compareScaling, type CompareScaling, type ScalingChanges } from '../scaling/changes';
import { type Existing, existingAmong, policiesAmong } from '../scaling/existing';
import { alarmName } from '../scaling/names';
import { hasServed, servesWith } from '../rollback/releaseQuestion';
import { judgeDrift, type JudgedDrift } from './findings';
import { type AllFleets, type Applications, type DriftClients, driftInstances, readFleets } from './gather';
import { type Deployed, type DriftSubject, releaseToRun } from './subject';

export interface DriftSource {
  readonly clients: DriftClients;
  readonly region: string;
  readonly stage: string;
  /** Of all applications. */
  readonly releases: () => Promise<readonly Release[]>;
  readonly record: (deployment: string) => Promise<DeploymentRecord | undefined>;
}

/** A fleet and its drift. */
export interface FleetDrift extends JudgedDrift {
  readonly application: string;
  readonly settings: ApplicationSettings;
  readonly release: Release | undefined;
  /** Releases that only new instances got, and that one of them is now seen in service with for the first time. */
  readonly newlyServed: readonly Release[];
}

/** How policies and alarms differ, as {@link DriftSubject} has it. */
export const scalingDrift = ({
  changes,
  problems,
}: ScalingChanges): Pick<DriftSubject, 'scaling' | 'problem'> => ({
  scaling: changes,
  ...(problems.length > 0 && { problem: problems.join(' ') }),
});

/** What the deployment of the current release wrote; its record is read only where something differs. */
export const deployedBy = (
  record: DeploymentRecord | undefined,
  compare: CompareScaling,
): { readonly deployed?: Deployed } =>
  record
    ? {
        deployed: {
          settings: record.settings,
          leavesInstances: record.rollout === 'none' && imageFrom(record) !== 'fleet',
          ...scalingDrift(compare(record.settings)),
        },
      }
    : {};

const existingOf = (
  fleets: AllFleets,
  stage: string,
  application: string,
  { group, scaling }: ApplicationSettings,
): Existing => {
  const prefix = alarmName(stage, application, '');
  const isUnderPrefix = ({ AlarmName: name = '' }: { readonly AlarmName?: string | undefined }) =>
    name.startsWith(prefix);
  const own = new Set(Object.keys(scaling.alarms).map((name) => alarmName(stage, application, name)));
  return existingAmong(
    policiesAmong(fleets.policies.filter(({ AutoScalingGroupName: name }) => name === group)),
    {
      metric: fleets.alarms.metric.filter(isUnderPrefix),
      composite: fleets.alarms.composite.filter(isUnderPrefix),
    },
    ({ AlarmName: name = '' }) => own.has(name) || fleets.owners.get(name) === application,
  );
};

const judge = async (
  { region, stage, record }: DriftSource,
  fleets: AllFleets,
  application: string,
  settings: ApplicationSettings,
  releases: readonly Release[],
): Promise<FleetDrift[]> => {
  const group = fleets.groups.get(settings.group);
  // Doctor tells of a group that is not there.
  if (!group) return [];
  const place = { stage, application, group: group.name };
  const existing = existingOf(fleets, stage, application, settings);
  const compare: CompareScaling = (of) =>
    compareScaling(of, place, existing, { group, balancers: fleets.balancers });
  const template = fleets.templates.get(group.launchTemplate?.id ?? '');
  const subject: DriftSubject = {
    application,
    region,
    settings,
    group,
    ...(template && { template }),
    releases,
    instances: driftInstances(group, fleets.instances.get(group.name) ?? [], releases),
    ...scalingDrift(compare(settings)),
  };
  const release = releaseToRun(subject);
  const first = judgeDrift(subject);
  const judged =
    release && first.findings.length > 0
      ? judgeDrift({ ...subject, ...deployedBy(await record(release.deployment), compare) })
      : first;
  const newlyServed = releases.filter(
    (one) => one.group === group.name && !hasServed({ members: [] }, one) && servesWith(group.instances, one),
  );
  return [{ application, settings, release, newlyServed, ...judged }];
};

/** The drift of all applications' fleets, as the watch and doctor see it. */
export const driftOfAll = async (source: DriftSource, applications: Applications): Promise<FleetDrift[]> => {
  if (Object.keys(applications).length === 0) return [];
  const releases = new Map<string, Release[]>();
  for (const release of await source.releases())
    releases.set(release.application, [...(releases.get(release.application) ?? []), release]);
  for (const list of releases.values()) list.sort((a, b) => (a.release < b.release ? 1 : -1));
  const fleets = await readFleets(source.clients, source.stage, applications, releases);
  const judged = await Promise.all(
    Object.entries(applications).map(([application, settings]) =>
      judge(source, fleets, application, settings, releases.get(application) ?? []),
    ),
  );
  return judged.flat();
};
