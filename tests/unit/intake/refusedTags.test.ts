import { applicationSchema, type Settings } from '../../../lib/application/schema';
import { concerns, deployCommand, isTimeToTell, renameCommand } from '../../../lib/intake/refusedTags';

const settings = (applications: Readonly<Record<string, string | undefined>>): Settings => ({
  applications: Object.fromEntries(
    Object.entries(applications).map(([name, repository]) => [
      name,
      applicationSchema.parse({
        group: name,
        provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' } },
        ...(repository !== undefined && { tags: { repository } }),
      }),
    ]),
  ),
});
const tag = { tag: 'nightly', repository: 'acme/api', commit: '8f14e45f' };

test.each([
  ['the application of the repository', { api: 'acme/api', web: undefined }, 'api'],
  ['the only application', { api: undefined }, 'api'],
  ['none where two could be meant', { api: 'acme/api', worker: 'acme/api' }, 'APPLICATION'],
  ['none where all are of other repositories', { web: 'acme/web' }, 'APPLICATION'],
])('The command for a tag that matches nothing names %s', (_, applications, named) => {
  expect(deployCommand(tag, settings(applications))).toMatch(new RegExp(`^forseti deploy ${named} nightly`));
});

test.each([
  ['v1 beta', 'v1-beta'],
  ['v4;rm -rf /', 'v4-rm-rf'],
  ['-v1', 'v1'],
  ['ä', 'v1'],
])('The tag %j, which is no version, is to be pushed as %j', (name, other) => {
  expect(renameCommand({ ...tag, tag: name, commit: 'abc' }, settings({ api: undefined }), () => true)).toBe(
    `git push origin abc:refs/tags/${other}`,
  );
});

test('Where no application takes a tag of the mended name, the deployment is advised, which no pattern holds back', () => {
  const pushed = { ...tag, tag: 'foo bar', commit: 'abc' };
  expect(renameCommand(pushed, settings({ api: 'acme/api' }), (name) => name.startsWith('v'))).toBe(
    'forseti deploy api foo-bar --commit abc',
  );
});

test('A commit that a shell would read otherwise is quoted', () => {
  const pushed = { ...tag, tag: 'v 1', commit: "a'; rm" };
  expect(renameCommand(pushed, settings({}), () => true)).toBe(`git push origin 'a'\\''; rm':refs/tags/v-1`);
});

test.each([
  ['nothing was refused', [], false],
  ['the last one was just refused', [0, 50], false],
  ['none came for a minute', [0], true],
  ['they have been coming for five minutes', [-240, -120, 55], true],
])('Refusals are told or not yet: %s', (_, seconds, due) => {
  const now = Date.UTC(2026, 10, 22, 8, 1);
  const times = seconds.map((second) => now - 60_000 + second * 1_000);
  expect(isTimeToTell(times, now)).toBe(due);
});

test('A refusal may be about an application that it names, or about one that takes tags of its repository', () => {
  const { api, web } = settings({ api: 'acme/api', web: undefined }).applications;
  const refused = { ...tag, at: 0, reason: '', command: '' };
  expect([api, web].map((own, index) => own && concerns(refused, ['api', 'web'][index] ?? '', own))).toEqual([
    true,
    true,
  ]);
  expect(web && concerns({ ...refused, application: 'api' }, 'web', web)).toBe(false);
  expect(api && concerns({ ...refused, repository: 'acme/web' }, 'api', api)).toBe(false);
});
