import { endsLater } from '../../engine/laterEnd';
import type { SwitchItem } from './item';

/** `2026-11-22T08:30:00Z`. */
export const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');

export const untilText = ({ until }: Pick<SwitchItem, 'until'>): string =>
  until === undefined ? 'until somebody ends it' : `until ${instant(until)}`;

/** What whoever turned on again what is on already is told of the end; '' where theirs holds. */
export const keptEndText = (kept: Pick<SwitchItem, 'until' | 'by'>, asked: number | undefined): string =>
  endsLater(kept.until, asked)
    ? ` The end that ${kept.by} asked for is later than ${instant(asked ?? 0)} and stays; to end it then, add --shorten.`
    : '';
