import type { SwitchItem } from './item';

/** `2026-11-22T08:30:00Z`. */
export const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');

export const untilText = ({ until }: Pick<SwitchItem, 'until'>): string =>
  until === undefined ? 'until somebody ends it' : `until ${instant(until)}`;
