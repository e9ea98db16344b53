import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SwitchAnswer, SwitchItem, SwitchKind } from '../../lib/switches/item';
import { makeSwitches } from '../../lib/switches/tools';
import { checkApplication } from '../queries/applications';
import { ask, askedBy, tellAnswer } from './ask';
import { showAgo } from '../terminal/duration';
import { showInstant } from '../views/deploymentStatusView';
import { noStack } from '../queries/executions';
import { exitCodes } from '../terminal/exitCodes';
import type { Context } from '../main';
import type { PlaceOptions } from './options';
import { type Session, withSession } from './session';
import { columns, type Style, styleOf } from '../terminal/style';

/** Asks one of the functions of the switches, in the name of whoever types, and tells its answer. */
export const turn = async (
  session: Session,
  name: string,
  input: object,
  { format }: PlaceOptions,
  context: Context,
): Promise<void> => {
  const answer = await ask<SwitchAnswer>(session, name, { ...input, by: askedBy(session) });
  tellAnswer(answer, format, context);
  if (answer.inProgress === true) context.exitCode = exitCodes.inProgress;
  if (answer.done && session.local && answer.switch?.until !== undefined && answer.switch.offAt === undefined)
    context.terminal.note('It ends while time passes: "forseti local advance 30m".');
};

/** Those that are off are shown for as long. */
const shownMs = 7 * 24 * 3_600_000;

const what = ({ kind, made }: SwitchItem): string => {
  if (kind === 'access')
    return `port ${String(made.port)} for ${made.cidr ?? ''} in ${made.securityGroup ?? ''}`;
  if (kind === 'maintenance')
    return made.fixedResponse === true ? 'page by the load balancer' : 'page with Retry-After';
  return `${String(made.capacity)} instances from ${showInstant(made.startsAt ?? 0)}`;
};

/** When it ends, or who ended it. */
const endText = (item: SwitchItem): string => {
  if (item.offAt !== undefined) return `off since ${showInstant(item.offAt)}, by ${item.offBy ?? ''}`;
  const until = item.made.endsAt ?? item.until;
  return until === undefined ? 'until somebody ends it' : `until ${showInstant(until)}`;
};

/** Rows: state, what, until when, who and why. Exported for its tests. */
export const switchRows = (items: readonly SwitchItem[], now: number, style: Style): string[][] =>
  items.map((item) => [
    item.offAt !== undefined
      ? style.dim('off')
      : item.until !== undefined && item.until + 60_000 < now
        ? style.bad('overdue')
        : style.warn('on'),
    what(item),
    endText(item),
    `by ${item.by} ${showAgo(now - item.at)}${item.reason === undefined ? '' : `: ${item.reason}`}`,
    ...(item.note === undefined ? [] : [item.note]),
  ]);

/** All of an application, those that are off too; the newest first. */
export const switchesOf = async (session: Session, application: string): Promise<SwitchItem[]> => {
  const switches = makeSwitches(session.connect(DynamoDBClient), session.names.switchesTable);
  try {
    return await switches.list(application);
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw noStack(`table ${session.names.switchesTable} in ${session.region}`);
  }
};

/** @throws RefusedEarly of an application that has neither settings nor anything that was ever on. */
export const knownSwitches = async (session: Session, application: string): Promise<SwitchItem[]> => {
  const items = await switchesOf(session, application);
  if (items.length === 0) await checkApplication(session, application);
  return items;
};

/** Who turned what on until when; what went off in the last week too. @throws RefusedEarly of an unknown application. */
export const listSwitches = (
  application: string,
  kind: SwitchKind,
  options: PlaceOptions,
  context: Context,
): Promise<void> =>
  withSession(options, context, async (session) => {
    const items = (await knownSwitches(session, application)).filter(
      (item) => item.kind === kind && (item.offAt === undefined || item.offAt > session.now() - shownMs),
    );
    const { terminal } = context;
    if (options.format === 'json') {
      terminal.out(JSON.stringify(items, null, 2));
      return;
    }
    const rows = switchRows(items, session.now(), styleOf(terminal.colours && options.format === 'tree'));
    if (options.format === 'plain') for (const row of rows) terminal.out(row.join('\t'));
    else if (rows.length === 0) terminal.out('Nothing is on, and nothing was within the last week.');
    else for (const line of columns(rows)) terminal.out(line);
  });
