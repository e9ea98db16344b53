import type { LaunchTemplateRef } from '../engine/record';
import { calledAmong } from '../engine/releaseId';
import { isOfFleet, type Release } from '../engine/releases';
import type { Group } from '../fleet/group';
import { chooseRelease, type Choice } from './chooseRelease';
import type { Missing } from './releaseQuestion';

/** Where a rollback of an application would go to now, and whether it could. */
export interface WayBack {
  readonly application: string;
  /** The release to which a rollback that names none goes; absent where there is none. */
  readonly release?: {
    readonly name: string;
    readonly image: string;
    readonly launchTemplate: LaunchTemplateRef;
    readonly baseline?: true;
  };
  /** Why there is none, although nothing is wrong: there was nothing else yet. */
  readonly none?: string;
  /** Newer releases that cannot be launched any more, with what they lack. */
  readonly passedOver: readonly string[];
  /** What keeps the way back from being used, or the group from launching an instance right now. */
  readonly problems: readonly string[];
}

export interface WayBackFacts {
  readonly application: string;
  readonly group: Pick<Group, 'name' | 'launchTemplate' | 'suspended' | 'instances'>;
  /** All releases of the application, the newest first. */
  readonly releases: readonly Release[];
  /** What the group launches from, as releases know it. */
  readonly groupTemplate: LaunchTemplateRef | undefined;
  readonly unusable: ReadonlyMap<string, Missing>;
  /** The fleet's lock is held: what is suspended or missing meanwhile is the owner's work. */
  readonly busy: boolean;
  /** Of the image from which the group launches now; its state, `gone` if there is none. */
  readonly present: { readonly image: string; readonly state: string } | undefined;
  /** Why AWS has refused the last launches, since one succeeded. */
  readonly failedLaunches: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A rollback that was just made is no reason to have no way back. */
const longAfterMs = 86_400_000;

/** The release that a rollback would choose, or why there is none. */
export const chooseWayBack = ({
  application,
  group,
  releases,
  groupTemplate,
  unusable,
  busy,
  now,
}: WayBackFacts): Choice | { readonly error: Error } => {
  try {
    return chooseRelease({
      application,
      releases,
      group: group.name,
      version: undefined,
      deploying: busy,
      automatic: false,
      groupTemplate,
      members: group.instances,
      unusable,
      now: now + longAfterMs,
    });
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
};

/** Of the errors of a choice, those that say that there was nothing else yet. */
const nothingYet: ReadonlySet<string> = new Set(['NoRelease', 'NoGoodRelease']);

const runningName = ({ releases, group, groupTemplate: used }: WayBackFacts): string => {
  const fleet = { group: group.name, launchTemplate: used?.id };
  const own = releases.filter((release) => isOfFleet(release, fleet));
  const runs = own.find(({ launchTemplate }) => launchTemplate.version === used?.version);
  return runs ? `${calledAmong(runs, own)}, which runs` : 'the launch template';
};

/** Before the second deployment there is nothing to go back to, and nothing wrong with that. */
const whyNone = ({ releases, group }: WayBackFacts): string | undefined => {
  const fleet = { group: group.name, launchTemplate: group.launchTemplate?.id };
  const own = releases.filter((release) => isOfFleet(release, fleet) && release.cleanedAt === undefined);
  const [first, ...others] = own;
  if (releases.length === 0) return 'nothing was deployed yet';
  return first && others.every(({ version }) => version === first.version)
    ? `${first.version} is its only version yet; the next deployment leaves it as the way back`
    : undefined;
};

/** Whether the group can launch an instance right now, as far as no call has to be tried. */
const launching = (facts: WayBackFacts): string[] => {
  const { group, present, busy, failedLaunches } = facts;
  const [failed] = failedLaunches;
  return [
    ...(group.launchTemplate ? [] : [`Group ${group.name} uses no launch template.`]),
    ...(present && present.state !== 'available'
      ? [
          `Image ${present.image} of ${runningName(facts)}, is ${present.state}: group ${group.name} can launch no instance.`,
        ]
      : []),
    ...(!busy && group.suspended.includes('Launch')
      ? [
          `Process Launch of group ${group.name} is suspended: it launches no instance. Resume it: aws autoscaling resume-processes --auto-scaling-group-name ${group.name} --scaling-processes Launch`,
        ]
      : []),
    ...(!busy && failed !== undefined
      ? [`The last ${String(failedLaunches.length)} launches of group ${group.name} failed: ${failed}`]
      : []),
  ];
};

/**
 * Judges the way back.
 * @param tried what AWS says to launching an instance from the group's launch template, and from the way back.
 * @param parts what is wrong with the snapshots of the way back's image.
 */
export const judgeWayBack = (
  facts: WayBackFacts,
  tried: { readonly now: string | undefined; readonly back: string | undefined },
  parts: readonly string[],
): WayBack => {
  const { application, releases, group } = facts;
  const choice = chooseWayBack(facts);
  const now = launching(facts);
  const refused = now.length === 0 && tried.now !== undefined ? [tried.now] : [];
  const problems = [...now, ...refused];
  if ('error' in choice) {
    const { name, message } = choice.error;
    return nothingYet.has(name)
      ? { application, none: whyNone(facts) ?? message, passedOver: [], problems }
      : { application, passedOver: [], problems: [...problems, message] };
  }
  const { target, passedOver } = choice;
  const own = releases.filter((release) =>
    isOfFleet(release, { group: group.name, launchTemplate: group.launchTemplate?.id }),
  );
  const name = calledAmong(target, own);
  const back = tried.back !== undefined && tried.back !== tried.now ? [`${name}: ${tried.back}`] : [];
  return {
    application,
    release: {
      name,
      image: target.image,
      launchTemplate: target.launchTemplate,
      ...(target.baseline && { baseline: target.baseline }),
    },
    passedOver,
    problems: [...problems, ...parts.map((part) => `${name}: ${part}`), ...back],
  };
};

/** The way back in a line. */
export const wayBackText = ({ release, none, problems }: WayBack): string => {
  if (!release) return none ?? problems[0] ?? 'none';
  const { name, image, launchTemplate, baseline } = release;
  const what = baseline ? ', what ran before the first deployment' : '';
  return `${name} (${image}, version ${launchTemplate.version} of ${launchTemplate.id}${what})`;
};
