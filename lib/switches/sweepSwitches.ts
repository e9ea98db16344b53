import { notify } from '../reporting/notify';
import { switchNotice } from './base/announce';
import { awaitEnd } from './base/awaitEnd';
import { instant } from './base/instant';
import type { SwitchItem } from './base/item';
import type { Switches } from './base/store';
import type { CommonTools } from './base/tools';
import { type AnySwitch, definitionOf, type SwitchKind } from './kinds';

/** A switch ends by its own machine within this time. After it, the machine was stopped or has failed. */
const graceMs = 60_000;
/** How often the removal is started again. */
const againMs = 10 * 60_000;
/** How long after its end a switch that is still on pages somebody. */
const pageAfterMs = 10 * 60_000;

export interface SwitchSweepTools extends Pick<
  CommonTools,
  'sfn' | 'channels' | 'environment' | 'clock' | 'switchOffMachineArn'
> {
  readonly switches: Switches<SwitchKind, AnySwitch['made']>;
}

const page = async (
  { switches, channels, environment, clock }: SwitchSweepTools,
  item: AnySwitch,
): Promise<void> => {
  const { application, until = 0 } = item;
  if (clock() - until < pageAfterMs || !(await switches.paged(item, clock()))) return;
  const definition = definitionOf(item);
  await notify(channels, environment, {
    ...switchNotice(definition, item),
    on: true,
    by: item.by,
    page: true,
    undo: definition.offCommand(item),
    lines: [
      `${item.switch} of ${application} was to end at ${instant(until)} and is still on: its removal fails.`,
      ...(item.failed === undefined ? [] : [`It failed last with ${item.failed}`]),
      `It is tried again every ten minutes. See the executions of ${environment.service}-${environment.stage}-switchoff.`,
    ],
  });
};

const end = async (tools: SwitchSweepTools, stored: SwitchItem, now: number): Promise<void> => {
  const item = tools.switches.read(stored);
  const done = await Promise.allSettled([
    awaitEnd({ ...tools, definition: definitionOf(item) }, item, String(Math.floor(now / againMs))),
    page(tools, item),
  ]);
  const failed = done.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
};

/**
 * A switch whose time is over and that is still on has lost its machine. Its removal is started again every ten minutes,
 * and somebody is paged. A switch that fails, or cannot be read, does not keep the others on.
 * @returns how many there are.
 * @throws the first failure, UnreadableSwitch among them.
 */
export const endOverdue = async (tools: SwitchSweepTools): Promise<number> => {
  const now = tools.clock();
  const overdue = await tools.switches.overdue(now - graceMs);
  const ended = await Promise.allSettled(overdue.map((stored) => end(tools, stored, now)));
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return overdue.length;
};
