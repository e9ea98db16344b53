/** What an installation would do, by what is there. */
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { activeTemplate } from './activeTemplate';
import type { Session } from '../session/session';
import type { InstallFacts, RegionFacts, StackFact, Wishes } from './facts';
import { type AccountFindings, accountFindings } from './findings';
import { readRegion, readStack, templateFacts } from './gather';
import { idleMonth } from './idleMonth';
import { stackParameters, standbyOf } from './parameters';
import type { StackFiles } from './stackFiles';
import { type StackMove, stackMove } from './stackMove';
import { templateOfStage } from './stageOf';

/** One of the stacks that are made or updated. */
export interface StackProspect {
  readonly region: string;
  readonly move: StackMove;
  readonly template: CloudFormationTemplate;
  readonly parameters: Readonly<Record<string, string>>;
  /** How many resources it has, by the last part of their type: `Function`. */
  readonly resources: Readonly<Record<string, number>>;
  /** In a month in which nothing is deployed. */
  readonly idle: ReturnType<typeof idleMonth>;
}

export interface Prospect {
  /** Home first. */
  readonly stacks: readonly StackProspect[];
  readonly findings: AccountFindings;
  readonly facts: InstallFacts;
  /** A standby that the stack has and that is asked to go. */
  readonly leaves?: string;
}

const countsOf = ({ Resources }: CloudFormationTemplate): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { Type: type } of Object.values(Resources)) {
    const kind = type.slice(type.lastIndexOf(':') + 1);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};

/** Everything as it would be, from what was read. */
export const prospectOf = (
  { template: compiled }: Pick<StackFiles, 'template'>,
  facts: InstallFacts,
  wishes: Wishes,
): Prospect => {
  const { home, standby } = facts;
  const regions: readonly RegionFacts[] = [home, ...(standby ? [standby] : [])];
  const stacks = regions.map((one): StackProspect => {
    const template = templateOfStage(compiled, { stage: wishes.stage, region: one.region });
    const parameters = stackParameters(template, wishes, {
      home: home.region,
      standby: standby?.region,
      // A new standby is set up as its home is.
      stack: one.stack ?? home.stack,
      concurrency: one.concurrency,
    });
    return {
      region: one.region,
      move: stackMove(one.stack?.status),
      template,
      parameters,
      resources: countsOf(activeTemplate(template, { region: one.region, parameters })),
      idle: idleMonth(template, { hasStandby: standby !== undefined }),
    };
  });
  const before = standbyOf({}, home.stack, home.region);
  return {
    stacks,
    facts,
    findings: accountFindings(facts, wishes, stacks[0]?.template ?? compiled),
    ...(before !== undefined && standby === undefined && { leaves: before }),
  };
};

/** Reads both regions. */
export const readFacts = async (
  session: Session,
  { template: compiled }: Pick<StackFiles, 'template'>,
  wishes: Wishes,
): Promise<InstallFacts> => {
  const { region: home, stage } = session;
  const template = templateOfStage(compiled, { stage, region: home });
  const stack = await readStack(session, home);
  const other = standbyOf(wishes, stack, home);
  const standby = other === home ? undefined : other;
  const parameters = { HomeRegion: home, StandbyRegion: standby ?? '' };
  const read = (region: string, found: StackFact | undefined): Promise<RegionFacts> =>
    readRegion(session, region, found, activeTemplate(template, { region, parameters }));
  return {
    home: await read(home, stack),
    template: templateFacts(template),
    ...(standby !== undefined && { standby: await read(standby, await readStack(session, standby)) }),
  };
};
