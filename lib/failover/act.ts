import * as z from 'zod';
import { nameOf } from '../aws/failure';
import { parsed } from '../engine/input';
import { type FailoverTools, decideRegion } from './decideRegion';
import type { Regions } from './regions';
import { activeName, type ActiveItem, type ProbeItem } from './regionsTable';

/**
 * A change by hand. A failover by hand stays until somebody fails back, unless `auto` leaves the way back to the probes. After a
 * failback the probes decide again, unless `pin` holds it.
 */
export const handSchema = z.strictObject({
  by: z.string().min(1).max(256),
  reason: z.string().min(1).max(256),
  auto: z.boolean().optional(),
  pin: z.boolean().optional(),
});

const status = z.strictObject({ status: z.literal(true) });

/** An event of AWS Health, as far as it is read here. */
const healthEvent = z.object({
  source: z.literal('aws.health'),
  region: z.string(),
  detail: z.object({
    eventTypeCategory: z.literal('issue'),
    statusCode: z.string().optional(),
    eventRegion: z.string().optional(),
  }),
});

export interface RegionsAnswer {
  readonly done: boolean;
  readonly message: string;
  readonly home: string;
  readonly standby?: string;
  readonly active: string;
  /** Absent as long as nobody has changed the active region. */
  readonly last?: ActiveItem;
  readonly probes: readonly ProbeItem[];
}

/** What this region's copy of the table says of both. */
export const describeRegions = async (
  { regions, table }: FailoverTools,
  answer: Pick<RegionsAnswer, 'done' | 'message'>,
): Promise<RegionsAnswer> => {
  const { home, standby } = regions;
  if (standby === undefined) return { ...answer, home, active: home, probes: [] };
  const [last, ...probes] = await Promise.all([table.active(), table.probe(home), table.probe(standby)]);
  return {
    ...answer,
    home,
    standby,
    active: table.activeOf(last),
    ...(last && { last }),
    probes: probes.filter((one) => one !== undefined),
  };
};

const targetOf = (act: 'failover' | 'failback', { home, here, standby }: Regions, byHand: boolean): string =>
  act === 'failback' ? home : byHand ? (standby ?? home) : here;

/** @param before the item that was decided on: where it has changed since, nothing is written */
const change = async (
  to: string,
  how: Pick<ActiveItem, 'by' | 'reason' | 'pinned'>,
  before: ActiveItem | undefined,
  tools: FailoverTools,
): Promise<RegionsAnswer> => {
  const { table, clock } = tools;
  const since = table.activeOf(before) === to ? (before?.since ?? clock()) : clock();
  const written = await table.setActive({ name: activeName, active: to, since, ...how }, before);
  if (!written.done)
    return describeRegions(tools, {
      done: false,
      message: 'Somebody else was quicker: look at the regions, and ask again.',
    });
  return describeRegions(tools, {
    done: true,
    message: `${to} is active${how.pinned ? ', and stays so until somebody says otherwise' : ''} (${how.reason}).`,
  });
};

/** Home makes the table of both, so a standby that was deployed first, or for another home, has none. */
const withoutTable = ({ regions }: FailoverTools): RegionsAnswer => ({
  done: false,
  message:
    `There is no table of regions in ${regions.here}, so nothing can fail over or back: the stack of home (${regions.home}) was not deployed ` +
    'with this standby. forseti doctor says what to deploy.',
  home: regions.home,
  ...(regions.standby !== undefined && { standby: regions.standby }),
  active: regions.home,
  probes: [],
});

/**
 * Changes the active region: by hand (`{by, reason}`), or where the facts as they are now call for it, whoever asked (the probe, its
 * alarm, AWS Health). `{status: true}` changes nothing.
 * @throws InvalidRequest
 */
export const act = async (
  what: 'failover' | 'failback',
  input: unknown,
  tools: FailoverTools,
): Promise<RegionsAnswer> => {
  try {
    return await actOnTable(what, input, tools);
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return withoutTable(tools);
    throw error;
  }
};

const actOnTable = async (
  what: 'failover' | 'failback',
  input: unknown,
  tools: FailoverTools,
): Promise<RegionsAnswer> => {
  const { regions } = tools;
  if (status.safeParse(input).success)
    return describeRegions(tools, { done: true, message: 'Nothing was changed.' });
  if (regions.other === undefined)
    return describeRegions(tools, { done: false, message: 'The stack has no standby region.' });
  if (typeof input === 'object' && input !== null && 'by' in input) {
    const { by, reason, auto, pin } = parsed(handSchema, input, `a ${what}`);
    const pinned = what === 'failover' ? auto !== true : pin === true;
    const how = { by, reason, ...(pinned && { pinned }) } as const;
    return change(targetOf(what, regions, true), how, await tools.table.active(), tools);
  }
  const health = healthEvent.safeParse(input);
  const concerned = health.success ? (health.data.detail.eventRegion ?? health.data.region) : undefined;
  const decision = await decideRegion(
    tools,
    concerned === regions.other && health.data?.detail.statusCode !== 'closed',
  );
  if (decision.act !== what) return describeRegions(tools, { done: false, message: decision.why });
  const how = { by: 'probe', reason: decision.why };
  return change(targetOf(what, regions, false), how, decision.item, tools);
};
