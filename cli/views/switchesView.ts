import type { SwitchItem } from '../../lib/switches/base/item';
import { showAgo } from '../terminal/duration';
import { showInstant } from '../terminal/instant';
import type { Style } from '../terminal/style';

/** The sweep ends a switch within this time of its end; one that is still on after that is overdue. */
const sweepMs = 60_000;

const subjectText = ({ kind, made }: SwitchItem): string => {
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

const stateText = ({ offAt, until }: SwitchItem, now: number, style: Style): string => {
  if (offAt !== undefined) return style.dim('off');
  return until !== undefined && until + sweepMs < now ? style.bad('overdue') : style.warn('on');
};

/** A row for each switch: state, subject, until when, who and why, note. */
export const switchRows = (items: readonly SwitchItem[], now: number, style: Style): string[][] =>
  items.map((item) => [
    stateText(item, now, style),
    subjectText(item),
    endText(item),
    `by ${item.by} ${showAgo(now - item.at)}${item.reason === undefined ? '' : `: ${item.reason}`}`,
    ...(item.note === undefined ? [] : [item.note]),
  ]);
