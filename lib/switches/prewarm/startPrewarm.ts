import * as z from 'zod';
import { isTransient, messageOf, nameOf } from '../../aws/failure';
import { parsed } from '../../engine/input';
import { announce } from '../base/announce';
import { awaitEnd } from '../base/awaitEnd';
import { instant } from '../base/instant';
import type { SwitchAnswer } from '../base/item';
import { application, by, reason } from '../base/requests';
import { minUnits, prewarmProblems } from './checks';
import { type PrewarmItem, prewarmSwitch, type PrewarmTools } from './definition';
import { gatherPrewarm, type PrewarmClients } from './facts';
import { scheduleBoth } from './schedule';

interface StartTools extends PrewarmTools, PrewarmClients {}

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const prewarmSchema = z.strictObject({
  application,
  capacity: z.number().int().min(1).max(10_000),
  /** When the capacity is to be launched, with a zone: `2026-12-01T08:30:00Z`. */
  at: time,
  until: time,
  /** Load balancer capacity units to reserve of each load balancer; 0 for none. */
  lcu: z.number().int().min(0).max(100_000).default(minUnits),
  /** Also if the account could not give it now. */
  force: z.boolean().optional(),
  reason: reason.optional(),
  by,
});

/** Requests for capacity "can take up to a few hours". */
const leadMs = 3 * 3_600_000;
/** AWS itself lowers the minimum at the end; we look shortly after. */
const lookAfterMs = 2 * 60_000;

const refusal = (whose: string, problems: readonly string[], hint = ''): SwitchAnswer => ({
  done: false,
  message: [
    `${whose}: nothing was scheduled.`,
    ...problems.map((one) => `- ${one}`),
    ...(hint === '' ? [] : [hint]),
  ].join('\n'),
  problems,
});

type Asked = z.output<typeof prewarmSchema>;

const itemOf = (asked: Asked, facts: Awaited<ReturnType<typeof gatherPrewarm>>): PrewarmItem => ({
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
        reserveAt: Math.max(facts.now, asked.at - leadMs),
      }),
  },
});

const isSame = ({ made }: PrewarmItem, asked: Asked): boolean =>
  made.capacity === asked.capacity &&
  made.startsAt === asked.at &&
  made.endsAt === asked.until &&
  made.units === asked.lcu;

const planned = async (
  tools: StartTools,
  item: PrewarmItem,
  short: readonly string[],
  again: boolean,
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
  if (!again)
    await announce(tools, item, {
      on: true,
      by: item.by,
      undo: prewarmSwitch.offCommand(item),
      lines: [...lines, ...(item.reason === undefined ? [] : [`Reason: ${item.reason}`])],
    });
  return {
    done: true,
    message: [...lines, ...(again ? ['It was planned so already.'] : [])].join('\n'),
    ...(short.length > 0 && { problems: short }),
    switch: item,
  };
};

/** One warm-up at a time: a second one would take the first one's minimum for the former one. */
const already = async (
  tools: StartTools,
  found: PrewarmItem | undefined,
  asked: Asked,
): Promise<SwitchAnswer> => {
  if (found && isSame(found, asked)) {
    // An earlier try may have died between its intent and its calls.
    if (found.made.startsAt > tools.clock()) await scheduleBoth(tools.autoScaling, found.made);
    return planned(tools, found, [], true);
  }
  return refusal(asked.application, [
    `${found ? `${prewarmSwitch.name(found)} is planned by ${found.by}` : 'another one is being planned'}; to change it: forseti prewarm ${asked.application} --cancel`,
  ]);
};

/**
 * Plans capacity for a spike: a scheduled minimum of the group, which EC2 Auto Scaling itself raises and lowers, and a
 * reservation of load balancer capacity. Says now what would not fit on the day.
 * @throws InvalidRequest, UnknownApplication, UnreadableSwitch
 */
export const startPrewarm = async (input: unknown, tools: StartTools): Promise<SwitchAnswer> => {
  const asked = parsed(prewarmSchema, input, 'a warm-up');
  const { settings } = await tools.readSettings(asked.application);
  const before = await tools.switches.find(asked.application, 'prewarm');
  if (before && before.offAt === undefined) return already(tools, before, asked);
  const facts = await gatherPrewarm(tools, settings.group, tools.clock());
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
  if (!begun.done) return already(tools, begun.found, asked);
  try {
    await scheduleBoth(tools.autoScaling, item.made);
  } catch (error) {
    if (isTransient(error)) throw error;
    const ended = await tools.switches.extend(item, { by: item.by, until: tools.clock() }, tools.clock());
    if (ended.done && ended.item) await awaitEnd(tools, ended.item, 'given up');
    return refusal(asked.application, [
      `AWS refused it: ${nameOf(error)}: ${messageOf(error)}; what was made is removed`,
    ]);
  }
  return planned(tools, item, short, false);
};
