import fc from 'fast-check';
import { admit, recordFailure, recordSuccess, type Breaker, closedBreaker } from '../src/breaker';
import { startAt } from './support';

const settings = { failuresToOpen: 3, openMs: 10_000 };
const open: Breaker = { state: 'open', until: startAt };
const probing: Breaker = { state: 'probing', until: startAt };

test.each([
  ['closed lets calls through', closedBreaker, startAt, true, closedBreaker],
  ['open refuses until its time has passed', open, startAt - 1, false, open],
  ['open lets one call probe then', open, startAt, true, { state: 'probing', until: startAt + 10_000 }],
  ['probing refuses all others', probing, startAt - 1, false, probing],
  [
    'probing lets another probe when the first never reported its result',
    probing,
    startAt,
    true,
    { state: 'probing', until: startAt + 10_000 },
  ],
] as const)('A circuit: %s', (_, breaker, now, allowed, next) => {
  expect(admit(breaker, now, settings)).toEqual({ allowed, next });
});

test.each([
  ['the first failure is counted', closedBreaker, { state: 'closed', failures: 1 }],
  [
    'the third in a row opens it',
    { state: 'closed', failures: 2 },
    { state: 'open', until: startAt + 10_000 },
  ],
  ['a probe that fails opens it again', probing, { state: 'open', until: startAt + 10_000 }],
  ['a late failure does not prolong it', open, open],
] as const)('A failure: %s', (_, breaker, next) => {
  expect(recordFailure(breaker, startAt, settings)).toEqual(next);
});

/** Calls that end in some order: 'ask' begins one where it is allowed, the others end one. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('ask', 'succeed', 'fail'),
    afterMs: fc.integer({ min: 0, max: 4000 }),
  }),
  { maxLength: 60 },
);

test('Whatever happens, an open circuit is asked again at the latest after its time, and a success closes it', () => {
  fc.assert(
    fc.property(steps, (list) => {
      let breaker: Breaker = closedBreaker;
      let now = startAt;
      for (const { what, afterMs } of list) {
        now += afterMs;
        if (what === 'ask') breaker = admit(breaker, now, settings).next;
        if (what === 'succeed') breaker = recordSuccess();
        if (what === 'fail') breaker = recordFailure(breaker, now, settings);
        if (what === 'succeed') expect(admit(breaker, now, settings).allowed).toBe(true);
        expect(admit(breaker, now + settings.openMs, settings).allowed).toBe(true);
      }
    }),
  );
});

test('No more than one call goes to a failing region within its time, however many ask', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 20 }), (pauses) => {
      let breaker: Breaker = { state: 'open', until: startAt };
      let now = startAt;
      let allowed = 0;
      for (const pause of pauses) {
        now += pause;
        const answer = admit(breaker, now, settings);
        breaker = answer.next;
        allowed += answer.allowed ? 1 : 0;
      }
      expect(allowed).toBeLessThanOrEqual(1 + Math.floor((now - startAt) / settings.openMs));
    }),
  );
});
