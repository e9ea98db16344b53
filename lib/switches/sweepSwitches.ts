import { notify } from '../reporting/notify';
import type { SwitchItem } from './base/item';
import { awaitEnd, instant, type SwitchTools } from './base/tools';

/** Its own machine ends it within this; after that it was stopped, or failed. */
const graceMs = 60_000;
/** The removal is started anew as often as this. */
const againMs = 10 * 60_000;
/** When somebody is told. */
const pageAfterMs = 15 * 60_000;

type Tools = Pick<
  SwitchTools,
  'switches' | 'sfn' | 'channels' | 'environment' | 'clock' | 'switchOffMachineArn'
>;

const page = async ({ switches, channels, environment, clock }: Tools, item: SwitchItem): Promise<void> => {
  const { application, kind, until = 0 } = item;
  if (clock() - until < pageAfterMs || !(await switches.paged(item, clock()))) return;
  await notify(channels, environment, {
    kind: 'switched',
    application,
    switch: kind,
    on: true,
    by: item.by,
    page: true,
    lines: [
      `${item.switch} of ${application} was to end at ${instant(until)} and is still on: its removal fails.`,
      `It is tried again every ten minutes. See the executions of ${environment.service}-${environment.stage}-switchoff.`,
    ],
  });
};

/**
 * The second way to an end: a switch whose time is over and that is still on has lost its machine. Its removal is
 * started anew, again and again, and somebody is told.
 * @returns how many there are.
 */
export const endOverdue = async (tools: Tools): Promise<number> => {
  const now = tools.clock();
  const overdue = await tools.switches.overdue(now - graceMs);
  const ended = await Promise.allSettled(
    overdue.flatMap((item) => [awaitEnd(tools, item, String(Math.floor(now / againMs))), page(tools, item)]),
  );
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return overdue.length;
};
