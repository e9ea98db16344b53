import type { Message } from './message';
import type { Notice } from './notice';
import { redact } from './redact';

type Switched = Extract<Notice, { readonly kind: 'switched' }>;

const names = { access: 'an opening', maintenance: 'the maintenance page', prewarm: 'the warm-up' } as const;
const signs = { access: 'unlock', maintenance: 'construction', prewarm: 'fire' } as const;

/** Who turned what on until when, or off. */
export const switchMessage = (notice: Switched): Message => {
  const { application, switch: kind, on, by, lines, undo, page } = notice;
  const what = names[kind];
  return {
    title:
      page === true
        ? `${what} of ${application} does not end`
        : `${what} of ${application} is ${on ? 'on' : 'off'}`,
    sign: page === true ? 'rotating_light' : on ? signs[kind] : 'white_check_mark',
    eventType: page === true ? 'SwitchStuck' : on ? 'SwitchedOn' : 'SwitchedOff',
    lines: lines.map((line) => redact(line)),
    nextSteps: undo === undefined ? [] : [{ what: 'End it now', command: undo }],
    thread: `${kind}-${application}`,
    keywords: [application, kind],
    resources: [],
    details: { application, switch: kind, by },
  };
};
