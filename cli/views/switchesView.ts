import { type AnySwitch, definitionOf } from '../../lib/switches/kinds';
import { showAgo } from '../terminal/duration';
import { showInstant } from '../terminal/instant';
import type { Style } from '../terminal/style';

/** The sweep ends a switch within this time of its end; one that is still on after that is overdue. */
const sweepMs = 60_000;

/** When it ends, or who ended it. */
const endText = (item: AnySwitch): string => {
  if (item.offAt !== undefined) return `off since ${showInstant(item.offAt)}, by ${item.offBy ?? ''}`;
  const until = definitionOf(item).shownEnd?.(item.made) ?? item.until;
  return until === undefined ? 'until somebody ends it' : `until ${showInstant(until)}`;
};

const stateText = ({ offAt, until }: AnySwitch, now: number, style: Style): string => {
  if (offAt !== undefined) return style.dim('off');
  return until !== undefined && until + sweepMs < now ? style.bad('overdue') : style.warn('on');
};

/** A row for each switch: state, subject, until when, who and why, note. */
export const switchRows = (items: readonly AnySwitch[], now: number, style: Style): string[][] =>
  items.map((item) => [
    stateText(item, now, style),
    definitionOf(item).summary(item.made, showInstant),
    endText(item),
    `by ${item.by} ${showAgo(now - item.at)}${item.reason === undefined ? '' : `: ${item.reason}`}`,
    ...(item.note === undefined ? [] : [item.note]),
  ]);
