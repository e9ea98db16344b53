import {
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { nameOf } from '../../aws/failure';
import type { Table } from '../../aws/table';
import { parsed } from '../../engine/input';
import type { SwitchAnswer } from '../base/item';
import { endSchema, isDue, parsedDue } from '../base/requests';
import { turnOff } from '../base/turnOff';
import type { MaintenanceItem, MaintenanceTools } from './definition';
import { rulesOf, taggedFor } from './listeners';
import type { PageItem } from './page';

interface EndTools extends MaintenanceTools {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly pages: Table<PageItem>;
}

/** Undefined where the resource is gone already. */
const unlessGone = async <Answer>(work: () => Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (/NotFoundException$/.test(nameOf(error))) return undefined;
    throw error;
  }
};

/** Rules are found by their tags: a rule may have been made and never noted. */
const removeRules = async (elb: ElasticLoadBalancingV2Client, item: MaintenanceItem): Promise<number> => {
  let removed = 0;
  for (const listener of item.made.listeners) {
    const rules = (await unlessGone(() => rulesOf(elb, listener))) ?? [];
    const arns = rules.flatMap(({ RuleArn, IsDefault }) =>
      RuleArn === undefined || IsDefault === true ? [] : [RuleArn],
    );
    for (const RuleArn of await taggedFor(elb, arns, item.application, 'maintenance')) {
      await unlessGone(() => elb.send(new DeleteRuleCommand({ RuleArn })));
      removed += 1;
    }
  }
  return removed;
};

/** AWS refuses this while a rule still uses the target group; the machine tries again. */
const removeTargets = async ({ elb, pages }: EndTools, item: MaintenanceItem): Promise<void> => {
  for (const name of item.made.targetGroupNames) {
    const found = await unlessGone(() => elb.send(new DescribeTargetGroupsCommand({ Names: [name] })));
    for (const { TargetGroupArn: arn = '' } of found?.TargetGroups ?? []) {
      await unlessGone(() => elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: arn })));
      await pages.delete({ application: arn, switch: 'page' });
    }
  }
};

/**
 * Takes the maintenance page away: at once for a person, at its end for the machine and the sweep. Only rules with
 * Forseti's tags are removed.
 * @throws InvalidRequest
 */
export const endMaintenance = async (input: unknown, tools: EndTools): Promise<SwitchAnswer> => {
  const asked = isDue(input)
    ? parsedDue(input, 'maintenance')
    : parsed(endSchema, input, 'the end of a maintenance page');
  return turnOff(
    tools,
    { application: asked.application, switch: 'maintenance', ...('by' in asked && { by: asked.by }) },
    async (item) => {
      const removed = await removeRules(tools.elb, item);
      await removeTargets(tools, item);
      return removed === 0 ? 'Its rules were gone already.' : undefined;
    },
  );
};
