import type { Message } from './message';
import type { Notice } from './notice';
import { redact } from './redact';

type Of<Kind extends Notice['kind']> = Extract<Notice, { readonly kind: Kind }>;

const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** What every message about an instance carries. */
const about = ({ application, instance, settings }: Of<'instance' | 'replaced' | 'replacement-stalled'>) => {
  const group = settings?.group ?? '';
  return {
    thread: `instance-${instance}`,
    keywords: [application, instance],
    resources: group === '' ? [] : [group],
    details: { application, instance, group },
  };
};

const plan = ({ replacement }: Of<'instance'>): string[] => {
  if (replacement === undefined) return [];
  return 'why' in replacement
    ? [`It is not replaced by itself: ${replacement.why}.`]
    : [`It is replaced by itself between ${instant(replacement.from)} and ${instant(replacement.until)}.`];
};

const status = (application: string) => ({
  what: 'See how the fleet is',
  command: `forseti status ${application}`,
});
const replace = (what: string, application: string, instance: string) => ({
  what,
  command: `forseti replace ${application} ${instance}`,
});

/** What EC2 does to an instance, or what is wrong with it. */
export const instanceMessage = (notice: Of<'instance'>): Message => {
  const { application, instance, what, notBefore, settings } = notice;
  return {
    ...about(notice),
    title: `${instance} of ${application}: ${what}`,
    sign: 'wrench',
    eventType: 'InstanceMaintenance',
    lines: [
      `Instance ${instance} of ${settings?.group ?? ''}: ${redact(what)}.`,
      ...(notBefore === undefined ? [] : [`Not before ${instant(notBefore)}.`]),
      ...plan(notice),
    ],
    nextSteps: [status(application), replace('Replace it now', application, instance)],
  };
};

/** The fleet is short of one, and the other does not come. */
export const replacementStalledMessage = (notice: Of<'replacement-stalled'>): Message => ({
  ...about(notice),
  title: `nothing serves yet in place of ${notice.instance} of ${notice.application}`,
  sign: 'hourglass',
  eventType: 'ReplacementStalled',
  lines: [
    `${notice.instance} was taken out at ${instant(notice.since)}: ${redact(notice.message)}`,
    'It is looked at for 45 minutes in all; its end is told.',
  ],
  nextSteps: [status(notice.application)],
});

/** How the replacement of an instance ended. */
export const replacedMessage = (notice: Of<'replaced'>): Message => {
  const { application, instance, outcome, by, reason, message } = notice;
  const said =
    outcome === 'Replaced' ? 'was replaced' : outcome === 'Rejected' ? 'was not replaced' : 'is missing';
  return {
    ...about(notice),
    title: `${instance} of ${application} ${said}`,
    sign: outcome === 'Replaced' ? 'white_check_mark' : outcome === 'Rejected' ? 'warning' : 'rotating_light',
    eventType: 'ReplacementEnded',
    lines: [redact(message), `Requested by ${by}${reason === undefined ? '' : `: ${redact(reason)}`}.`],
    nextSteps: [
      status(application),
      ...(outcome === 'Rejected' ? [replace('Try it again', application, instance)] : []),
    ],
  };
};
