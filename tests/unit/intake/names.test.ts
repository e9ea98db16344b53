import { executionName, tagRequestKey } from '../../../lib/intake/names';

test('The same tag on the same commit is the same request, whatever its source', () => {
  const key = tagRequestKey('api', 'tickets/api', 'v2', 'c0ffee');
  expect(tagRequestKey('api', 'tickets/api', 'v2', 'c0ffee')).toBe(key);
  expect(tagRequestKey('api', 'tickets/api', 'v2', 'beef')).not.toBe(key);
  expect(tagRequestKey('web', 'tickets/api', 'v2', 'c0ffee')).not.toBe(key);
});

test('The parts of a name cannot run into each other', () => {
  expect(tagRequestKey('api', 'a', 'bc', 'd')).not.toBe(tagRequestKey('api', 'ab', 'c', 'd'));
});

test.each([
  ['api', 'v1.4.2', /^api-v1_4_2-[0-9a-f]{12}$/],
  ['a'.repeat(40), 'v'.repeat(64), /^a{30}-v{25}-[0-9a-f]{12}$/],
  ['api', 'release/2026+1', /^api-release_2026_1-[0-9a-f]{12}$/],
])('The execution name for %s %s is one that Step Functions takes', (application, version, form) => {
  const name = executionName(application, version, 'key');
  expect(name).toMatch(form);
  expect(name.length).toBeLessThanOrEqual(80);
});
