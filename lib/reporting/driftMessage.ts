import type { Message } from './message';
import type { Notice } from './notice';
import { redact } from './redact';

type Drifted = Extract<Notice, { readonly kind: 'drift' }>;

/** So many differences are listed with their commands; `forseti status` lists all of them. */
const maxListed = 8;

const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const more = (count: number): string[] =>
  count > maxListed ? [`And ${String(count - maxListed)} more.`] : [];

/** What differs on a fleet that nothing of Forseti works on, who it was, and how it is put back; or that it is mended. */
export const driftMessage = ({ application, settings, found, mended, left }: Drifted): Message => {
  const group = settings?.group ?? '';
  const listed = found.slice(0, maxListed);
  const title =
    found.length > 0
      ? `${application} has drifted`
      : left > 0
        ? `a part of the drift of ${application} is mended`
        : `the drift of ${application} is mended`;
  return {
    title,
    sign: found.length > 0 ? 'warning' : 'white_check_mark',
    eventType: found.length > 0 ? 'Drifted' : 'DriftMended',
    lines: [
      ...listed.flatMap(({ what, who, seenAt }) => [
        `${sentence(redact(what))} (seen at ${instant(seenAt)}).`,
        ...(who === undefined ? [] : [`Who: ${redact(who)}`]),
      ]),
      ...more(found.length),
      ...mended.slice(0, maxListed).map(({ what }) => `Mended: ${redact(what)}.`),
      ...more(mended.length),
      ...(found.length > 0
        ? ['Nothing of Forseti works on the fleet: somebody else has changed it. It is told once.']
        : left > 0
          ? [`${String(left)} told before ${left === 1 ? 'stands' : 'stand'} still.`]
          : []),
    ],
    nextSteps: [
      ...listed.map(({ mend }) => ({ what: 'Put it back', command: mend })),
      { what: 'See how the fleet is', command: `forseti status ${application}` },
    ],
    thread: `drift-${application}`,
    keywords: [application, 'drift'],
    resources: group === '' ? [] : [group],
    details: { application, group },
  };
};
