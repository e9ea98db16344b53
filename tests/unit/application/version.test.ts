import { checkVersion } from '../../../lib/application/version';

test.each(['v1.4.2', '1', 'release/2026-11-22', 'v1.0.0+build.7', 'a'.repeat(64)])(
  'The text %s is a version',
  (version) => {
    expect(checkVersion(version)).toBeUndefined();
  },
);

test.each([
  ['', 'malformed'],
  ['-v1', 'malformed'],
  ['v1;reboot', 'malformed'],
  ['v1 2', 'malformed'],
  ['v1\n', 'malformed'],
  ['a'.repeat(65), 'malformed'],
  [undefined, 'version is missing'],
  [14, 'version is a number'],
  [null, 'version is null'],
  [['v1'], 'version is a list'],
])('The text %j is no version, and the answer says what is expected', (version, message) => {
  expect(checkVersion(version)).toContain(message);
  expect(checkVersion(version)).toContain('v1.4.2');
});
