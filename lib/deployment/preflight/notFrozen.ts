import { describeWindow, frozenBy, nextFreeze } from '../../application/freeze';
import type { FreezeSettings } from '../../application/schema';
import { everyApplication, type FreezeItem } from '../../engine/freeze';

const instant = (at: number): string => new Date(at).toISOString().replace(/(:00)?\.\d{3}Z$/, 'Z');

export interface FreezeSubject {
  readonly application: string;
  readonly version: string;
  readonly despite: string | undefined;
  readonly calendar: FreezeSettings;
  /** Those in force now. */
  readonly byHand: readonly FreezeItem[];
  /** Epoch ms. */
  readonly now: number;
}

const told = ({ application, calendar, byHand, now }: FreezeSubject): string[] => {
  const window = frozenBy(calendar, now);
  return [
    ...byHand.map((freeze) => {
      const all = freeze.application === everyApplication;
      const end = freeze.until === undefined ? 'until it is lifted' : `until ${instant(freeze.until)}`;
      return (
        `Deployments of ${all ? 'all applications' : application} have been frozen by ${freeze.by} since ` +
        `${instant(freeze.at)}, ${end}: "${freeze.reason}". To lift it: forseti unfreeze ${all ? '--all' : application}.`
      );
    }),
    ...(window
      ? [
          `Deployments of ${application} are frozen by the window ${describeWindow(calendar, window.window)} of the settings, until ${instant(window.until)}.`,
        ]
      : []),
  ];
};

/**
 * Passes if nothing is frozen, by calendar or by hand, or if the request gives a reason to deploy despite the freeze.
 */
export const notFrozen = (
  subject: FreezeSubject,
): { readonly found: string; readonly problem: string | undefined } => {
  const { application, version, despite, calendar, now } = subject;
  const freezes = told(subject);
  if (freezes.length === 0) {
    const next = nextFreeze(calendar, now);
    const found = next ? `no; from ${instant(next.from)}: ${describeWindow(calendar, next.window)}` : 'no';
    return { found, problem: undefined };
  }
  if (despite !== undefined)
    return { found: `yes, in spite of it: "${despite}". ${freezes.join(' ')}`, problem: undefined };
  return {
    found: 'yes',
    problem:
      `${freezes.join(' ')} Wait until then; or, if it cannot wait: ` +
      `forseti deploy ${application} ${version} --despite-freeze REASON. Rollbacks are never refused.`,
  };
};
