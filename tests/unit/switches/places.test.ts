import * as fc from 'fast-check';
import { placesFor, type SeenRule, seenRule } from '../../../lib/switches/maintenance/places';

const rule = (
  priority: number,
  whose: 'own' | 'other' | 'page',
  path = `/${String(priority)}`,
): SeenRule => ({
  arn: `rule-${String(priority)}`,
  priority,
  conditions: priority === Infinity ? [] : [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }],
  forwardsToApplication: whose === 'own',
  ours: whose === 'page',
});
const priorities = (rules: readonly SeenRule[]) => placesFor(rules).places.map(({ priority }) => priority);

test.each<[string, readonly SeenRule[], readonly number[]]>([
  ['nothing but the default rule', [rule(Infinity, 'own')], [1]],
  ['rules of its own too: one page for all', [rule(10, 'own'), rule(Infinity, 'own')], [1]],
  ['others before the default rule', [rule(5, 'other'), rule(Infinity, 'own')], [6]],
  ['its own before and behind others', [rule(3, 'own'), rule(5, 'other'), rule(Infinity, 'own')], [6, 1]],
  [
    'one host of many',
    [rule(10, 'other'), rule(20, 'own'), rule(30, 'other'), rule(Infinity, 'other')],
    [11],
  ],
  ['no rule at all', [rule(10, 'other'), rule(Infinity, 'other')], []],
  ['a page already: it is neither displaced nor in the way', [rule(1, 'page'), rule(Infinity, 'own')], [2]],
])('The page has its places for an application with %s', (_what, rules, expected) => {
  expect(priorities(rules)).toEqual(expected);
});

test.each<[string, readonly SeenRule[], readonly number[]]>([
  ['all of whose rules have one', [rule(9, 'page', '/10'), rule(10, 'own')], []],
  ['with a rule that was added since', [rule(9, 'page', '/10'), rule(10, 'own'), rule(20, 'own')], [1]],
  ['whose rule was changed since', [rule(9, 'page', '/old'), rule(10, 'own')], [1]],
  [
    'with a page rule behind its rule, where it is never reached',
    [rule(10, 'own'), rule(11, 'page', '/10')],
    [1],
  ],
  [
    'whose default rule has one, which covers rules that were added behind it',
    [rule(6, 'page', '/*'), rule(10, 'own'), rule(Infinity, 'own')],
    [],
  ],
])('Turned on again, the page has its missing places for an application %s', (_what, rules, expected) => {
  expect(priorities(rules)).toEqual(expected);
});

test('An own rule at 1 has no room before it, which is reported, though the default rule has a page', () => {
  const { problems } = placesFor([rule(1, 'own'), rule(Infinity, 'own')]);
  expect(problems).toEqual([expect.stringMatching(/between 0 and 1/)]);
});

test("If no number is free between another tool's rule and Forseti's, the answer says how to make room", () => {
  const { places, problems } = placesFor([rule(1, 'other'), rule(2, 'own'), rule(Infinity, 'other')]);
  expect(places).toEqual([]);
  expect(problems).toEqual([
    expect.stringMatching(
      /No priority is free between 1 and 2.*set-rule-priorities .*RuleArn=rule-2,Priority=12/,
    ),
  ]);
});

const fleets = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('own', 'other')), {
    selector: ([number]) => number,
    maxLength: 12,
  })
  .chain((numbered) =>
    fc
      .constantFrom('own', 'other')
      .map((whose) =>
        [...numbered, [Infinity, whose] as const].map(([number, of]) => rule(number, of as 'own')),
      ),
  );

test('For any rules, none is displaced, and each request of the application alone gets the page', () => {
  fc.assert(
    fc.property(fleets, (rules) => {
      const { places, problems } = placesFor(rules);
      const taken = rules.map(({ priority }) => priority);
      expect(new Set([...taken, ...places.map(({ priority }) => priority)]).size).toBe(
        taken.length + places.length,
      );
      if (problems.length > 0) return;
      /** Who answers a request that meets just this rule's conditions, once the pages are in place. */
      const answers = (asked: SeenRule): 'page' | SeenRule => {
        const path = asked.conditions[0]?.PathPatternConfig?.Values?.[0] ?? '/elsewhere';
        const isMet = (conditions: SeenRule['conditions']) =>
          conditions.every((one) =>
            one.PathPatternConfig?.Values?.some((value) => value === '/*' || value === path),
          );
        const all = [...rules, ...places.map((place) => ({ ...place, page: true }))].sort(
          (a, b) => a.priority - b.priority,
        );
        const found = all.find(({ conditions }) => isMet(conditions));
        return found && 'page' in found ? 'page' : (found as SeenRule);
      };
      for (const one of rules) expect(answers(one)).toEqual(one.forwardsToApplication ? 'page' : one);
    }),
  );
});

test('A rule that forwards a share to the application is its own, and its conditions are taken over as AWS takes them', () => {
  const seen = seenRule(
    {
      RuleArn: 'arn:rule',
      Priority: '7',
      Conditions: [
        { Field: 'host-header', Values: ['a.example.com'], HostHeaderConfig: { Values: ['a.example.com'] } },
        { Field: 'path-pattern', Values: ['/x'] },
      ],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'other' }, { TargetGroupArn: 'own' }] },
        },
      ],
    },
    ['own'],
    new Set(),
  );
  expect(seen).toMatchObject({ priority: 7, forwardsToApplication: true, ours: false });
  expect(seen.conditions).toEqual([
    { Field: 'host-header', HostHeaderConfig: { Values: ['a.example.com'] } },
    { Field: 'path-pattern', Values: ['/x'] },
  ]);
});
