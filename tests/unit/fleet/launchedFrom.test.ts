import { isLaunchedFrom } from '../../../lib/fleet/launchedFrom';

test.each([
  ['the same version of the same template', 'lt-1', '2', true],
  ['another version of it', 'lt-1', '3', false],
  ['the same number of the template that the group had before', 'lt-0', '2', false],
  ['a version whose template AWS does not tell', undefined, '2', true],
])('A member is launched from a version by template and number: %s', (_, template, version, is) => {
  const member = { launchTemplateId: template, launchTemplateVersion: version };
  expect(isLaunchedFrom(member, { id: 'lt-1', version: '2' })).toBe(is);
});
