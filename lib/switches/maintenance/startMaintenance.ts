import { createHash } from 'node:crypto';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import {
  type Action,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import * as z from 'zod';
import { isTransient, messageOf, nameOf } from '../../aws/failure';
import type { Table } from '../../aws/table';
import { parsed } from '../../engine/input';
import { describeGroup } from '../../fleet/group';
import { tagList, tags } from '../../aws/tags';
import { application, by, forSeconds, reason } from '../access/requests';
import type { SwitchAnswer, SwitchItem } from '../base/item';
import { balancersOf, listenersOf, type SeenListener } from './listeners';
import { placesFor } from './places';
import { switchTag } from '../base/ownTags';
import { defaultPage, type PageItem } from './page';
import { awaitEnd, instant, type SwitchTools, tell, untilText } from '../base/tools';

export interface MaintenanceTools extends SwitchTools {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly autoScaling: AutoScalingClient;
  readonly pages: Table<PageItem>;
  /** ARN of the function that answers with the page. */
  readonly pageFunctionArn: string;
}

/** FixedResponseActionConfig, `MessageBody`. */
const maxFixedLength = 1_024;
/** A table's item holds 400 KB, a function's answer to a load balancer 1 MB. */
const maxPageLength = 200_000;

export const maintenanceSchema = z.strictObject({
  application,
  /** HTML. */
  page: z.string().min(1).optional(),
  /** By the load balancer itself: short, without `Retry-After`, and however many ask for it. */
  fixedResponse: z.boolean().optional(),
  forSeconds: forSeconds.optional(),
  reason: reason.optional(),
  by,
});

type Asked = z.output<typeof maintenanceSchema>;

export const maintenanceName = ({ application: whose }: Pick<SwitchItem, 'application'>): string =>
  `${whose}: maintenance page`;

const refusal = (whose: string, problems: readonly string[]): SwitchAnswer => ({
  done: false,
  message: [`${whose}: no maintenance page was turned on.`, ...problems.map((one) => `- ${one}`)].join('\n'),
  problems,
});

/** What is wrong with a page; all of it. */
export const pageProblems = ({ page = defaultPage, fixedResponse }: Asked): string[] => {
  const bytes = Buffer.byteLength(page);
  if (fixedResponse === true && bytes > maxFixedLength)
    return [
      `the page has ${String(bytes)} bytes, and a fixed response of a load balancer holds ${String(maxFixedLength)}; shorten it, or leave --fixed-response away`,
    ];
  return bytes > maxPageLength
    ? [`the page has ${String(bytes)} bytes; it may have ${String(maxPageLength)}. Put images elsewhere`]
    : [];
};

/** A target group belongs to one load balancer, so that each gets its own; its name has 32 characters at most. */
export const targetGroupName = (whose: string, balancer: string): string => {
  const hash = createHash('sha256').update(`${whose} ${balancer}`).digest('hex').slice(0, 8);
  return `forseti-${whose.slice(0, 14).replace(/-+$/, '')}-${hash}`;
};

const ownTags = (whose: string) => tagList({ [tags.application]: whose, [switchTag]: 'maintenance' });

/** Where it has to be shown, and all that stands against it. */
const look = async (tools: MaintenanceTools, asked: Asked) => {
  const { settings } = await tools.readSettings(asked.application);
  const group = await describeGroup(tools.autoScaling, settings.group);
  const balancers = await balancersOf(tools.elb, group.targetGroupArns);
  const see = () => listenersOf(tools.elb, balancers.arns, asked.application, group.targetGroupArns);
  const listeners = balancers.problems.length > 0 ? [] : await see();
  const problems = [
    ...pageProblems(asked),
    ...balancers.problems,
    ...(balancers.problems.length === 0 && listeners.length === 0
      ? ['no listener forwards to its target groups']
      : []),
    ...listeners.flatMap(({ rules }) => placesFor(rules).problems),
  ];
  return { listeners, problems, see };
};

/** Makes the function a target of that load balancer. Twice is as once. @returns the target group's ARN. */
const ensureTarget = async (
  { elb, pageFunctionArn }: MaintenanceTools,
  whose: string,
  balancer: string,
): Promise<string> => {
  const { TargetGroups: [made] = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: targetGroupName(whose, balancer),
      TargetType: 'lambda',
      Tags: ownTags(whose),
    }),
  );
  const arn = made?.TargetGroupArn ?? '';
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: pageFunctionArn }] }));
  return arn;
};

const fixed = (page: string): Action => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '503', ContentType: 'text/html', MessageBody: page },
});

type ActionFor = (balancer: string) => Action;

const actionsFor = async (
  tools: MaintenanceTools,
  asked: Asked,
  until: number | undefined,
  balancers: readonly string[],
): Promise<ActionFor> => {
  const html = asked.page ?? defaultPage;
  if (asked.fixedResponse === true) return () => fixed(html);
  const arns = new Map<string, string>();
  for (const balancer of balancers) {
    const arn = await ensureTarget(tools, asked.application, balancer);
    await tools.pages.put({ application: arn, switch: 'page', html, ...(until !== undefined && { until }) });
    arns.set(balancer, arn);
  }
  return (balancer) => ({ Type: 'forward', TargetGroupArn: arns.get(balancer) ?? '' });
};

/** Somebody may take a priority between the look and the call. */
const tries = 3;

/** Listeners that have our rules already get none. */
const makeRules = async (
  tools: MaintenanceTools,
  whose: string,
  actionFor: ActionFor,
  see: () => Promise<SeenListener[]>,
): Promise<number> => {
  for (let turn = 1; ; turn += 1)
    try {
      let made = 0;
      for (const { arn, loadBalancer, rules } of await see()) {
        if (rules.some(({ ours }) => ours)) continue;
        for (const { priority, conditions } of placesFor(rules).places) {
          await tools.elb.send(
            new CreateRuleCommand({
              ListenerArn: arn,
              Priority: priority,
              Conditions: [...conditions],
              Actions: [actionFor(loadBalancer)],
              Tags: ownTags(whose),
            }),
          );
          made += 1;
        }
      }
      return made;
    } catch (error) {
      if (nameOf(error) !== 'PriorityInUseException' || turn === tries) throw error;
    }
};

/** Until everything is made, a crash ends it: nobody would know of it otherwise. */
const provisionalMs = 2 * 60_000;

/** What was made of it so far is taken away by the machine, at once. */
const giveUp = async (tools: MaintenanceTools, item: SwitchItem, error: Error): Promise<SwitchAnswer> => {
  const now = tools.clock();
  const ended = await tools.switches.extend(item, { by: item.by, until: now }, now);
  if (ended.done && ended.item) await awaitEnd(tools, ended.item);
  if (isTransient(error)) throw error;
  return refusal(item.application, [
    `AWS refused it: ${nameOf(error)}: ${messageOf(error)}; what was made is removed`,
  ]);
};

const turnedOn = async (
  tools: MaintenanceTools,
  item: SwitchItem,
  before: SwitchItem | undefined,
): Promise<SwitchAnswer> => {
  await awaitEnd(tools, item);
  const line = `${maintenanceName(item)}: on ${untilText(item)}, by ${item.by}.`;
  await tell(tools, item, {
    on: true,
    by: item.by,
    undo: `forseti maintenance off ${item.application}`,
    lines: [line, ...(item.reason === undefined ? [] : [`Reason: ${item.reason}`])],
  });
  const since =
    before === undefined ? '' : ` It was on already, since ${instant(before.at)}, by ${before.by}.`;
  return { done: true, message: `${line}${since}`, switch: item };
};

/**
 * Shows users a page instead of the application: 503, with `Retry-After` unless the load balancer itself is to answer.
 * Asked again, the last page and the last end hold.
 * @throws InvalidRequest, UnknownApplication
 */
export const startMaintenance = async (input: unknown, tools: MaintenanceTools): Promise<SwitchAnswer> => {
  const asked = parsed(maintenanceSchema, input, 'a maintenance page');
  const { listeners, problems, see } = await look(tools, asked);
  if (problems.length > 0) return refusal(asked.application, problems);
  const now = tools.clock();
  const until = asked.forSeconds === undefined ? undefined : now + asked.forSeconds * 1_000;
  const balancers = [...new Set(listeners.map(({ loadBalancer }) => loadBalancer))];
  const wanted: SwitchItem = {
    application: asked.application,
    switch: 'maintenance',
    kind: 'maintenance',
    by: asked.by,
    ...(asked.reason !== undefined && { reason: asked.reason }),
    at: now,
    until: now + provisionalMs,
    made: {
      listeners: listeners.map(({ arn }) => arn),
      targetGroupNames: balancers.map((balancer) => targetGroupName(asked.application, balancer)),
      ...(asked.fixedResponse === true && { fixedResponse: true }),
    },
  };
  const begun = await tools.switches.begin(wanted);
  const before = begun.done ? undefined : begun.found;
  if (before && (before.made.fixedResponse ?? false) !== (asked.fixedResponse ?? false))
    return refusal(asked.application, [
      `it is on already, answered by ${before.made.fixedResponse === true ? 'the load balancer' : 'a function'}; turn it off first to change that: forseti maintenance off ${asked.application}`,
    ]);
  if (before && asked.fixedResponse === true && asked.page !== undefined)
    return refusal(asked.application, [
      `it is on already; turn it off first to change the page: forseti maintenance off ${asked.application}`,
    ]);
  const current = before ? await tools.switches.note(before, wanted.made) : wanted;
  try {
    const actionFor = await actionsFor(tools, asked, until, balancers);
    await makeRules(tools, asked.application, actionFor, see);
  } catch (error) {
    if (before) throw error;
    return await giveUp(tools, wanted, error as Error);
  }
  const on = await tools.switches.extend(
    current,
    {
      by: asked.by,
      ...(asked.reason !== undefined && { reason: asked.reason }),
      ...(until !== undefined && { until }),
    },
    tools.clock(),
  );
  if (!on.done || !on.item)
    return refusal(asked.application, ['it is being turned off just now; try again in a minute']);
  return turnedOn(tools, on.item, before);
};
