import { createHash } from 'node:crypto';
import {
  type Action,
  CreateTargetGroupCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Table } from '../../aws/table';
import { tagList, tags } from '../../aws/tags';
import { switchTag } from '../base/ownTags';
import { defaultPage, type PageItem } from './page';

export interface TargetTools {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly pages: Table<PageItem>;
  /** ARN of the function that answers with the page. */
  readonly pageFunctionArn: string;
}

/** What a load balancer answers with, by the load balancer's ARN. */
export type ActionFor = (balancer: string) => Action;

/** A target group belongs to one load balancer, so that each gets its own; its name has 32 characters at most. */
export const targetGroupName = (whose: string, balancer: string): string => {
  const hash = createHash('sha256').update(`${whose} ${balancer}`).digest('hex').slice(0, 8);
  return `forseti-${whose.slice(0, 14).replace(/-+$/, '')}-${hash}`;
};

export const maintenanceTags = (whose: string) =>
  tagList({ [tags.application]: whose, [switchTag]: 'maintenance' });

/** Makes the function a target of that load balancer. Twice is as once. @returns the target group's ARN. */
const ensureTarget = async (
  { elb, pageFunctionArn }: TargetTools,
  whose: string,
  balancer: string,
): Promise<string> => {
  const { TargetGroups: [made] = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: targetGroupName(whose, balancer),
      TargetType: 'lambda',
      Tags: maintenanceTags(whose),
    }),
  );
  const arn = made?.TargetGroupArn ?? '';
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: pageFunctionArn }] }));
  return arn;
};

/** The load balancer itself answers. */
export const fixedResponse =
  (html: string): ActionFor =>
  () => ({
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '503', ContentType: 'text/html', MessageBody: html },
  });

/**
 * Each load balancer forwards to a target group of its own, with the page and its end beside it.
 * @param page.html absent where the page that is on stays.
 */
export const forwards = async (
  tools: TargetTools,
  page: {
    readonly application: string;
    readonly html: string | undefined;
    readonly until: number | undefined;
  },
  balancers: readonly string[],
): Promise<ActionFor> => {
  const { application, until } = page;
  const arns = new Map<string, string>();
  for (const balancer of balancers) arns.set(balancer, await ensureTarget(tools, application, balancer));
  const html = page.html ?? (await pageOn(tools, [...arns.values()])) ?? defaultPage;
  for (const arn of arns.values())
    await tools.pages.put({ application: arn, switch: 'page', html, ...(until !== undefined && { until }) });
  return (balancer) => ({ Type: 'forward', TargetGroupArn: arns.get(balancer) ?? '' });
};

/** The page that users see now; a load balancer that joined since has none yet. */
const pageOn = async ({ pages }: TargetTools, arns: readonly string[]): Promise<string | undefined> => {
  for (const arn of arns) {
    const item = await pages.get({ application: arn, switch: 'page' });
    if (item) return item.html;
  }
  return undefined;
};
