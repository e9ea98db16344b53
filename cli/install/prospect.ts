/** What an installation would do, by what is there. */
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import type { Session } from '../session/session';
import type { InstallFacts, RegionFacts, Wishes } from './facts';
import { type Findings, findingsOf } from './findings';
import { readRegion, templateFacts } from './gather';
import { idleMonth, needsStandby } from './idleMonth';
import { parametersFor, standbyOf } from './parameters';
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
  readonly findings: Findings;
  readonly facts: InstallFacts;
  /** A standby that the stack has and that is asked to go. */
  readonly leaves?: string;
}

const countsOf = (template: CloudFormationTemplate, hasStandby: boolean): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { Type: type, Condition: condition } of Object.values(template.Resources)) {
    if (!hasStandby && needsStandby(condition, template)) continue;
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
  const template = templateOfStage(compiled, { stage: wishes.stage, region: home.region });
  const stacks = regions.map((one): StackProspect => {
    const own = templateOfStage(compiled, { stage: wishes.stage, region: one.region });
    return {
      region: one.region,
      move: stackMove(one.stack?.status),
      template: own,
      parameters: parametersFor(own, wishes, {
        home: home.region,
        standby: standby?.region,
        // A new standby is set up as its home is.
        stack: one.stack ?? home.stack,
        concurrency: one.concurrency,
      }),
      resources: countsOf(own, standby !== undefined),
      idle: idleMonth(own, { hasStandby: standby !== undefined }),
    };
  });
  const before = standbyOf({}, home.stack);
  return {
    stacks,
    facts,
    findings: findingsOf(facts, wishes, template),
    ...(before !== undefined && standby === undefined && { leaves: before }),
  };
};

/** Reads both regions. */
export const readFacts = async (
  session: Session,
  { template: compiled }: Pick<StackFiles, 'template'>,
  wishes: Wishes,
): Promise<InstallFacts> => {
  const { region, stage } = session;
  const template = templateOfStage(compiled, { stage, region });
  const home = await readRegion(session, region, template);
  const other = standbyOf(wishes, home.stack);
  const standby =
    other === undefined || other === region ? undefined : await readRegion(session, other, template);
  return { home, template: templateFacts(template), ...(standby && { standby }) };
};
