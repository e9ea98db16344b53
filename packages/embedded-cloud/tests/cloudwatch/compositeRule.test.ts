import { alarmsIn, holds, parseRule } from '../../src/cloudwatch/composite/rule';
import type { StateValue } from '../../src/cloudwatch/state';

const states: Readonly<Record<string, StateValue>> = {
  rings: 'ALARM',
  quiet: 'OK',
  new: 'INSUFFICIENT_DATA',
  'with blanks': 'ALARM',
};

const verdict = (rule: string) => holds(parseRule(rule), (name) => states[name]);

test.each([
  ['TRUE', true],
  ['false', false],
  ['ALARM(rings)', true],
  ['ALARM("rings")', true],
  ['ALARM("with blanks")', true],
  ['OK( quiet )', true],
  ['INSUFFICIENT_DATA(new)', true],
  ['ALARM(quiet)', false],
  ['ALARM(gone) OR OK(gone)', false],
  ['NOT ALARM(gone)', true],
  ['ALARM(rings) AND NOT ALARM(quiet)', true],
  ['ALARM(quiet) AND ALARM(quiet) OR ALARM(rings)', true],
  ['ALARM(quiet) AND (ALARM(quiet) OR ALARM(rings))', false],
  ['NOT ALARM(rings) OR ALARM(rings)', true],
  ['NOT (ALARM(rings) OR ALARM(quiet))', false],
  ['(ALARM(rings)\n  OR ALARM(quiet)) AND OK(quiet)', true],
])('%s is %s.', (rule, expected) => {
  expect(verdict(rule)).toBe(expected);
});

test('A rule names each of its alarms once, in quotes or not.', () => {
  expect(alarmsIn(parseRule('ALARM(a) AND (OK("a") OR NOT ALARM("b c"))'))).toEqual(['a', 'b c']);
});

test.each([
  ['', 'AlarmRule must not contain leading or trailing whitespace or be null'],
  ['ALARM(a)\n', 'AlarmRule must not contain leading or trailing whitespace or be null'],
  ['()', "Error in AlarmRule [Unsupported token ')' at char 1]"],
  ['ALARM(Sample Oldest)', "Error in AlarmRule [Unsupported token 'Oldest' at char 13, must be: ')']"],
  ['ALARM(a) ALARM(b)', "Error in AlarmRule [Unsupported token 'ALARM' at char 9]"],
  ['RINGS(a)', "Error in AlarmRule [Unsupported token 'RINGS' at char 0]"],
  ['ALARM(a) AND', "Error in AlarmRule [Unsupported token '' at char 12]"],
])('CloudWatch refuses the rule %j.', (rule, message) => {
  expect(() => parseRule(rule)).toThrow(message);
});

test('A rule has at most 100 child alarms and 500 elements.', () => {
  const children = Array.from({ length: 101 }, (_, index) => `ALARM(a${String(index)})`);
  expect(() => parseRule(children.slice(1).join(' OR '))).not.toThrow();
  expect(() => parseRule(children.join(' OR '))).toThrow('100 child alarms');
  expect(() => parseRule(Array.from({ length: 501 }, () => 'TRUE').join(' AND '))).toThrow('500 elements');
});
