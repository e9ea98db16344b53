import * as fc from 'fast-check';
import { calledAmong, checkReleaseName, isCalled, releaseId } from '../../../lib/engine/releaseId';

const one = { version: 'v2', release: '2026-11-22T08:00:00.000Z#api-v2-1' };
const other = { version: 'v2', release: '2026-11-29T08:00:00.000Z#api-v2-2' };

test('A release is called by its version, and by its id where the version is ambiguous', () => {
  expect(calledAmong(one, [one, { version: 'v1', release: 'x#y' }])).toBe('v2');
  expect(calledAmong(one, [one, other])).toBe(releaseId(one));
  expect(releaseId(one)).toMatch(/^v2@[0-9a-f]{6}$/);
  expect([isCalled(one, releaseId(one)), isCalled(other, releaseId(one))]).toEqual([true, false]);
  expect([isCalled(one, 'v2'), isCalled(one, 'v1')]).toEqual([true, false]);
});

test('The id of every version can be typed in a shell as it is, and is accepted where a release is named', () => {
  const version = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+/-]{0,63}$/);
  fc.assert(
    fc.property(version, fc.string(), (named, release) => {
      const id = releaseId({ version: named, release });
      expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._+/@-]*$/);
      expect(checkReleaseName(id)).toBeUndefined();
    }),
  );
});

test.each([
  'v2@',
  'v2@12345',
  'v2@1234567',
  'v2@12345g',
  '@123456',
  'v2@123456@123456',
  'v2;x@123456',
  'v2@1 3456',
  7,
])('The name %j is refused with an example', (name) => {
  expect(checkReleaseName(name)).toMatch(/expected/);
});
