import type { Message } from './message';
import type { Notice } from './notice';
import { redact } from './redact';

type Switched = Extract<Notice, { readonly kind: 'switched' }>;

/** Who turned what on until when, or off. */
export const switchMessage = (notice: Switched): Message => {
  const { application, switch: kind, called, sign, on, by, lines, undo, page } = notice;
  return {
    title:
      page === true
        ? `${called} of ${application} does not end`
        : `${called} of ${application} is ${on ? 'on' : 'off'}`,
    sign: page === true ? 'rotating_light' : on ? sign : 'white_check_mark',
    eventType: page === true ? 'SwitchStuck' : on ? 'SwitchedOn' : 'SwitchedOff',
    lines: lines.map((line) => redact(line)),
    nextSteps: undo === undefined ? [] : [{ what: 'End it now', command: undo }],
    thread: `${kind}-${application}`,
    keywords: [application, kind],
    resources: [],
    details: { application, switch: kind, by },
  };
};
