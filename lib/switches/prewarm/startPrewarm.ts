import { isTransient, messageOf, nameOf } from '../../aws/failure';
import { parsed } from '../../engine/input';
import { announce } from '../base/announce';
import { awaitEnd } from '../base/awaitEnd';
import { instant } from '../base/instant';
import type { SwitchAnswer } from '../base/item';
import { prewarmProblems, standingProblems } from './checks';
import { type PrewarmItem, prewarmSwitch, type PrewarmTools } from './definition';
import { gatherPrewarm, type PrewarmClients } from './facts';
import { differences, joined } from './planAgain';
import { lookAfterMs, type PrewarmRequest, prewarmSchema, reserveFrom } from './request';
import { scheduleBoth } from './schedule';

interface StartTools extends PrewarmTools, PrewarmClients {}

const refusal = (whose: string, problems: readonly string[], hint = ''): SwitchAnswer => ({
  done: false,
  message: [
    `${whose}: nothing was scheduled.`,
    ...problems.map((one) => `- ${one}`),
    ...(hint === '' ? [] : [hint]),
  ].join('\n'),
  problems,
});

const itemOf = (asked: PrewarmRequest, facts: Awaited<ReturnType<typeof gatherPrewarm>>): PrewarmItem => ({
  application: asked.application,
  switch: 'prewarm',
  kind: 'prewarm',
  by: asked.by,
  ...(asked.reason !== undefined && { reason: asked.reason }),
  at: facts.now,
  until: asked.until + lookAfterMs,
  made: {
    group: facts.group.name,
    capacity: asked.capacity,
    startsAt: asked.at,
    endsAt: asked.until,
    formerMinimum: facts.group.min,
    units: asked.lcu,
    ...(asked.lcu > 0 &&
      facts.balancers.length > 0 && {
        balancers: facts.balancers,
        reserveAt: reserveFrom(asked.at, facts.now),
      }),
  },
});

/** @param more.again what is said of a warm-up that was planned before. */
const planned = async (
  tools: StartTools,
  item: PrewarmItem,
  {
    short = [],
    again = [],
    silent = false,
  }: { short?: readonly string[]; again?: readonly string[]; silent?: boolean },
): Promise<SwitchAnswer> => {
  await awaitEnd(tools, item);
  const { reserveAt, units, balancers = [], formerMinimum } = item.made;
  const lines = [
    `${prewarmSwitch.name(item)}, by ${item.by}; the minimum goes back to ${String(formerMinimum)} then.`,
    ...(reserveAt === undefined
      ? []
      : [
          `${String(units)} LCU are reserved of ${balancers.length === 1 ? 'its load balancer' : `each of its ${String(balancers.length)} load balancers`} from ${instant(reserveAt)}.`,
        ]),
    ...short.map((one) => `Does not fit as things are: ${one}.`),
  ];
  if (!silent)
    await announce(tools, item, {
      on: true,
      by: item.by,
      undo: prewarmSwitch.offCommand(item),
      lines: [...lines, ...again, ...(item.reason === undefined ? [] : [`Reason: ${item.reason}`])],
    });
  return {
    done: true,
    message: [...lines, ...again].join('\n'),
    ...(short.length > 0 && { problems: short }),
    switch: item,
  };
};

/**
 * One warm-up at a time: a second one would take the first one's minimum for the former one. The same capacity for an
 * overlapping time is the same warm-up, for all of both times. Its group, scheduled actions and load balancers are looked
 * at again, since they may have changed.
 */
const already = async (
  tools: StartTools,
  found: PrewarmItem | undefined,
  asked: PrewarmRequest,
  group: string,
): Promise<SwitchAnswer> => {
  const cancel = `forseti prewarm ${asked.application} --cancel`;
  if (!found) return refusal(asked.application, [`another one is being planned; to change it: ${cancel}`]);
  const name = prewarmSwitch.name(found);
  if (found.made.group !== group)
    return refusal(asked.application, [
      `${name} is planned by ${found.by} on ${found.made.group}, and the settings say ${group} by now; cancel it, and plan it again: ${cancel}`,
    ]);
  const facts = await gatherPrewarm(tools, group, tools.clock());
  const part = joined(found.made, asked, facts);
  if (!part)
    return refusal(asked.application, [`${name} is planned by ${found.by}; to change it: ${cancel}`]);
  const made = { ...found.made, ...part };
  const wish = { capacity: made.capacity, at: made.startsAt, until: made.endsAt, units: made.units };
  const wrong = standingProblems(wish, facts);
  if (wrong.length > 0)
    return refusal(asked.application, [`${name} is planned by ${found.by}, and would not be had`, ...wrong]);
  const { by, reason: why } = asked;
  const wanted = { by, ...(why !== undefined && { reason: why }), until: made.endsAt + lookAfterMs };
  const moved = await tools.switches.extend(found, wanted, facts.now);
  if (!moved.done || !moved.item)
    return refusal(asked.application, [`${name} is being ended just now; try again in a minute`]);
  const item = await tools.switches.note(moved.item, part);
  await scheduleBoth(tools.autoScaling, item.made, facts.now, facts.group.min);
  const { again, changed } = differences(found, item, asked, facts);
  return planned(tools, item, { again, silent: !changed });
};

/**
 * Plans capacity for a spike: a scheduled minimum of the group, which EC2 Auto Scaling itself raises and lowers, and a
 * reservation of load balancer capacity. Says now what would not fit on the day.
 * @throws InvalidRequest, UnknownApplication, UnreadableSwitch
 */
export const startPrewarm = async (input: unknown, tools: StartTools): Promise<SwitchAnswer> => {
  const asked = parsed(prewarmSchema, input, 'a warm-up');
  const { group } = (await tools.readSettings(asked.application)).settings;
  const before = await tools.switches.find(asked.application, 'prewarm');
  if (before && before.offAt === undefined) return already(tools, before, asked, group);
  const facts = await gatherPrewarm(tools, group, tools.clock());
  const { wrong, short } = prewarmProblems({ ...asked, units: asked.lcu }, facts);
  if (wrong.length > 0)
    return {
      ...refusal(asked.application, [...wrong, ...short]),
      ...(facts.deployment !== undefined && wrong.length === 1 && { inProgress: true as const }),
    };
  if (short.length > 0 && asked.force !== true)
    return refusal(
      asked.application,
      short,
      'To plan it all the same, and mend that before the day: --force',
    );
  const item = itemOf(asked, facts);
  const begun = await tools.switches.begin(item);
  if (!begun.done) return already(tools, begun.found, asked, group);
  try {
    await scheduleBoth(tools.autoScaling, item.made, facts.now, facts.group.min);
  } catch (error) {
    if (isTransient(error)) throw error;
    const now = tools.clock();
    const ended = await tools.switches.extend(item, { by: item.by, until: now }, now, 'exactly');
    if (ended.done && ended.item) await awaitEnd(tools, ended.item, 'given up');
    return refusal(asked.application, [
      `AWS refused it: ${nameOf(error)}: ${messageOf(error)}; what was made is removed`,
    ]);
  }
  return planned(tools, item, { short });
};
