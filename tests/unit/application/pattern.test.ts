import fc from 'fast-check';
import { checkSettings } from '../../../lib/application/checkSettings';
import { matchTag } from '../../../lib/application/matchTag';
import { compilePattern, patternProblem } from '../../../lib/application/pattern';
import { relations } from '../../../lib/application/relations';
import { settingsSchema } from '../../../lib/application/schema';

test.each([
  ['^web-([a-z0-9]+-?)+$', `web-${'a'.repeat(240)}!`],
  ['^(a+)+$', `${'a'.repeat(240)}!`],
  ['^(a|aa)+$', `${'a'.repeat(240)}!`],
  ['(.*)*(.*)*x$', 'y'.repeat(240)],
])('The pattern %s is matched in linear time.', (pattern, tag) => {
  const applications = { web: { tags: { pattern } } };
  const began = performance.now();
  expect(matchTag({ repository: 'acme/web', tag }, { applications })).toEqual([]);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test.each(['^v(?=1)', '^v(?!0)', '(?<=v)1', '(?<!v)1', '(v)\\1', '(?<name>v)\\k<name>'])(
  'The pattern %s is refused with what to do, and is not known to the functions that match nothing.',
  (pattern) => {
    expect(patternProblem(pattern)).toContain('write it without them');
    const settings = settingsSchema.parse({
      applications: {
        web: { group: 'web', tags: { pattern }, provisioning: { source: { s3: 's3://acme/web.tar.gz' } } },
      },
    });
    expect(checkSettings(settings).map(({ path }) => path.join('.'))).toEqual([
      'applications.web.tags.pattern',
    ]);
    expect(relations(settings)).toEqual([]);
  },
);

/** Patterns as people write them for tags. */
const atom = fc.constantFrom(
  'v',
  'web-',
  '-',
  '\\.',
  '.',
  '[0-9]',
  '[a-z0-9]',
  '[^a-z]',
  '\\d',
  '\\w',
  '(?:a|b)',
);
const repeated = fc
  .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '+?'))
  .map(([one, times]) => (one.length > 1 && !/^[[(\\]/.test(one) ? `(${one})${times}` : one + times));
const sequence = fc.array(repeated, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const pattern = fc
  .tuple(fc.boolean(), fc.array(sequence, { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([start, choices, end]) => `${start ? '^' : ''}(${choices.join('|')})${end ? '$' : ''}`);
const tag = fc
  .array(fc.constantFrom('v', 'web-', '-', '.', '0', '17', 'a', 'b', 'Z', '_'), { maxLength: 8 })
  .map((parts) => parts.join(''));

test('RE2 answers as JavaScript does.', () => {
  fc.assert(
    fc.property(pattern, tag, (written, text) => {
      expect(compilePattern(written).test(text)).toBe(new RegExp(written).test(text));
    }),
    { numRuns: 1_000 },
  );
});
