import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { isTransient, messageOf, nameOf } from '../../aws/failure';
import { parsed } from '../../engine/input';
import { laterEnd } from '../../engine/laterEnd';
import { describeGroup } from '../../fleet/group';
import { announce } from '../base/announce';
import { awaitEnd } from '../base/awaitEnd';
import { instant, keptEndText, untilText } from '../base/instant';
import type { SwitchAnswer } from '../base/item';
import { type MaintenanceItem, maintenanceSwitch, type MaintenanceTools } from './definition';
import { balancersOf, listenersOf, type SeenListener } from './listeners';
import { makeRules } from './makeRules';
import { defaultPage } from './page';
import { placesFor } from './places';
import { type MaintenanceRequest, maintenanceSchema, pageProblems } from './request';
import { type ActionFor, fixedResponse, forwards, targetGroupName, type TargetTools } from './targets';

type StartTools = MaintenanceTools & TargetTools & { readonly autoScaling: AutoScalingClient };

/** Until everything is made, the end is this near: after a crash nobody would know of the page. */
const provisionalMs = 2 * 60_000;

const refusal = (whose: string, problems: readonly string[]): SwitchAnswer => ({
  done: false,
  message: [`${whose}: no maintenance page was turned on.`, ...problems.map((one) => `- ${one}`)].join('\n'),
  problems,
});

/** The listeners that have to show the page, and everything that prevents it. */
const gather = async (tools: StartTools, asked: MaintenanceRequest) => {
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

const balancersIn = (listeners: readonly SeenListener[]): string[] => [
  ...new Set(listeners.map(({ loadBalancer }) => loadBalancer)),
];

const itemOf = (
  asked: MaintenanceRequest,
  listeners: readonly SeenListener[],
  now: number,
): MaintenanceItem => ({
  application: asked.application,
  switch: 'maintenance',
  kind: 'maintenance',
  by: asked.by,
  ...(asked.reason !== undefined && { reason: asked.reason }),
  at: now,
  until: now + provisionalMs,
  made: {
    listeners: listeners.map(({ arn }) => arn),
    targetGroupNames: balancersIn(listeners).map((balancer) => targetGroupName(asked.application, balancer)),
    ...(asked.fixedResponse === true && { fixedResponse: true }),
  },
});

/** What a page that is on already does not allow. */
const conflicts = (asked: MaintenanceRequest, { made }: MaintenanceItem): string[] => {
  const off = `forseti maintenance off ${asked.application}`;
  if ((made.fixedResponse ?? false) !== (asked.fixedResponse ?? false))
    return [
      `it is on already, answered by ${made.fixedResponse === true ? 'the load balancer' : 'a function'}; turn it off first to change that: ${off}`,
    ];
  return asked.fixedResponse === true && asked.page !== undefined
    ? [`it is on already; turn it off first to change the page: ${off}`]
    : [];
};

/** Where the page is on and none is given, the one that is on stays. */
const actionsFor = async (
  tools: StartTools,
  asked: MaintenanceRequest,
  on: { readonly before: MaintenanceItem | undefined; readonly until: number | undefined },
  listeners: readonly SeenListener[],
): Promise<ActionFor> => {
  if (asked.fixedResponse !== true) {
    const html = asked.page ?? (on.before ? undefined : defaultPage);
    return forwards(tools, { application: asked.application, html, until: on.until }, balancersIn(listeners));
  }
  const shown = listeners.flatMap(({ rules }) => rules).find(({ ours, body }) => ours && body !== undefined);
  return fixedResponse(asked.page ?? shown?.body ?? defaultPage);
};

/** A listener that the application has left still shows the page's rules, and is remembered until they are removed. */
const joined = (before: MaintenanceItem, { made }: MaintenanceItem): MaintenanceItem['made'] => ({
  ...made,
  listeners: [...new Set([...before.made.listeners, ...made.listeners])],
  targetGroupNames: [...new Set([...before.made.targetGroupNames, ...made.targetGroupNames])],
});

/** The machine removes at once what was made so far. */
const giveUp = async (tools: StartTools, item: MaintenanceItem, error: unknown): Promise<SwitchAnswer> => {
  const now = tools.clock();
  const ended = await tools.switches.extend(item, { by: item.by, until: now }, now, 'exactly');
  if (ended.done && ended.item) await awaitEnd(tools, ended.item);
  if (isTransient(error)) throw error;
  return refusal(item.application, [
    `AWS refused it: ${nameOf(error)}: ${messageOf(error)}; what was made is removed`,
  ]);
};

const turnedOn = async (tools: StartTools, item: MaintenanceItem, more = ''): Promise<SwitchAnswer> => {
  await awaitEnd(tools, item);
  const line = `${maintenanceSwitch.name(item)}: on ${untilText(item)}, by ${item.by}.`;
  await announce(tools, item, {
    on: true,
    by: item.by,
    undo: maintenanceSwitch.offCommand(item),
    lines: [`${line}${more}`, ...(item.reason === undefined ? [] : [`Reason: ${item.reason}`])],
  });
  return { done: true, message: `${line}${more}`, switch: item };
};

/** What a second request found, and what it changed. */
const againText = (
  before: MaintenanceItem,
  made: number,
  on: MaintenanceItem,
  until: number | undefined,
): string => {
  const added =
    made === 0
      ? ''
      : ` It did not cover ${made === 1 ? 'a listener rule' : `${String(made)} listener rules`} of the application; now it does.`;
  return ` It was on already, since ${instant(before.at)}, by ${before.by}.${added}${keptEndText(on, until)}`;
};

/**
 * Shows users a page instead of the application: 503, with `Retry-After` unless the load balancer itself is to answer.
 * Asked again, whatever it does not cover yet is covered, the last page that was given is shown, and the later end holds.
 * @throws InvalidRequest, UnknownApplication, UnreadableSwitch
 */
export const startMaintenance = async (input: unknown, tools: StartTools): Promise<SwitchAnswer> => {
  const asked = parsed(maintenanceSchema, input, 'a maintenance page');
  const { listeners, problems, see } = await gather(tools, asked);
  if (problems.length > 0) return refusal(asked.application, problems);
  const now = tools.clock();
  const until = asked.forSeconds === undefined ? undefined : now + asked.forSeconds * 1_000;
  const wanted = itemOf(asked, listeners, now);
  const begun = await tools.switches.begin(wanted);
  const before = begun.done ? undefined : begun.found;
  const against = before ? conflicts(asked, before) : [];
  if (against.length > 0) return refusal(asked.application, against);
  const current = before ? await tools.switches.note(before, joined(before, wanted)) : wanted;
  const how = before && asked.shorten !== true ? 'later' : 'exactly';
  let made: number;
  try {
    const end = how === 'later' ? laterEnd(before?.until, until) : until;
    const actionFor = await actionsFor(tools, asked, { before, until: end }, listeners);
    made = await makeRules(tools.elb, asked.application, actionFor, see);
  } catch (error) {
    if (before) throw error;
    return await giveUp(tools, wanted, error);
  }
  const { by, reason } = asked;
  const on = await tools.switches.extend(
    current,
    { by, ...(reason !== undefined && { reason }), ...(until !== undefined && { until }) },
    tools.clock(),
    how,
  );
  if (!on.done || !on.item)
    return refusal(asked.application, ['it is being turned off just now; try again in a minute']);
  return turnedOn(tools, on.item, before && againText(before, made, on.item, until));
};
