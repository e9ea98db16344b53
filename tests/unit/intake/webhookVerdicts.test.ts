import examples from '@octokit/webhooks-examples';
import { judgeGitHub } from '../../../lib/intake/webhook/github';
import { judgeGitLab } from '../../../lib/intake/webhook/gitlab';
import { readPayload } from '../../../lib/intake/webhook/payload';
import { branchPushed, tagDeleted, tagMoved, tagPushed } from './gitlabExamples';

interface Push {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly created: boolean;
  readonly deleted: boolean;
}
const published = examples.flatMap(({ name, examples: payloads }) =>
  payloads.map((payload, index) => ({ name, index, payload })),
);
const pushes = published.filter(({ name }) => name === 'push').map(({ payload }) => payload as Push);
const firstPush = (which: (push: Push) => boolean): Push => {
  const found = pushes.find(which);
  if (!found) throw new Error('GitHub publishes no such push.');
  return found;
};
const created = firstPush(({ ref, created: isNew }) => ref.startsWith('refs/tags/') && isNew);
const zeros = '0'.repeat(40);
const commit = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';

test('GitHub’s published push of a new tag is that tag on its commit', () => {
  expect(judgeGitHub('push', created)).toEqual({
    created: {
      repository: 'Codertocat/Hello-World',
      tag: 'simple-tag',
      commit,
      pushedBy: 'Codertocat',
      pushedAt: 1_557_933_657_000,
    },
  });
});

test('Of all payloads that GitHub publishes only pushes of new tags ask for a deployment, and none is malformed', () => {
  expect(published.length).toBeGreaterThan(300);
  for (const { name, index, payload } of published) {
    const push = payload as Push;
    const isNewTag = name === 'push' && push.created && push.ref.startsWith('refs/tags/');
    const verdict = judgeGitHub(name, payload);
    expect([name, index, Object.keys(verdict)[0]]).toEqual([name, index, isNewTag ? 'created' : 'ignored']);
  }
});

const deleted = firstPush(({ deleted: isGone }) => isGone);
const branch = firstPush(({ ref }) => ref.startsWith('refs/heads/'));
const examplesOf = (event: string): unknown => published.find(({ name }) => name === event)?.payload;

test.each([
  ['a deleted tag', 'push', deleted, /simple-tag .* was deleted/],
  ['a branch', 'push', branch, /refs\/heads\/master .* is no tag/],
  ['a moved tag', 'push', { ...created, before: branch.after, created: false, forced: true }, /was moved/],
  ['a tag that no shell should see', 'push', { ...created, ref: 'refs/tags/v1$(reboot)' }, /no version/],
  ['a tag on no commit', 'push', { ...created, head_commit: null }, /points to no commit/],
  ['a create event', 'create', examplesOf('create'), /names no commit .* have the webhook send pushes/],
  ['a release', 'release', examplesOf('release'), /release deploys nothing/],
  ['a delete event', 'delete', examplesOf('delete'), /delete deploys nothing/],
  ['a ping', 'ping', examplesOf('ping'), /reaches this webhook/],
])('The verdict on %s of GitHub is to ignore it with its reason', (_name, event, payload, reason) => {
  expect(judgeGitHub(event, payload)).toMatchObject({ ignored: expect.stringMatching(reason) as string });
});

test("An annotated tag is deployed at its commit, not at the tag's own object", () => {
  const annotated = { ...created, after: 'c'.repeat(40) };
  expect(judgeGitHub('push', annotated)).toMatchObject({ created: { commit } });
  expect(judgeGitLab('Tag Push Hook', { ...tagPushed, after: 'c'.repeat(40) })).toMatchObject({
    created: { commit: tagPushed.checkout_sha },
  });
});

test.each([
  ['no repository', { ...created, repository: undefined }, /repository/],
  ['a number for a reference', { ...created, ref: 7 }, /ref/],
  ['words for a commit', { ...created, before: 'nothing', after: zeros }, /before/],
])('A push with %s is malformed, and the place is named', (_name, payload, problem) => {
  expect(judgeGitHub('push', payload)).toMatchObject({ malformed: expect.stringMatching(problem) as string });
});

test('GitLab’s published tag push is that tag on its commit', () => {
  expect(judgeGitLab('Tag Push Hook', tagPushed)).toEqual({
    created: {
      repository: 'jsmith/example',
      tag: 'v1.0.0',
      commit: '82b3d5ae55f7080f1e6022629cdb57bfae7cccc7',
      pushedBy: 'John Smith',
    },
  });
  expect(judgeGitLab('System Hook', tagPushed)).toHaveProperty('created');
});

test.each([
  ['a branch', 'Push Hook', branchPushed, /is no tag/],
  ['a deleted tag', 'Tag Push Hook', tagDeleted, /was deleted/],
  ['a moved tag', 'Tag Push Hook', tagMoved, /was moved/],
  ['an issue', 'Issue Hook', { object_kind: 'issue' }, /Issue Hook deploys nothing/],
  ['a project of the instance', 'System Hook', { event_name: 'project_create' }, /deploys nothing/],
])('The verdict on %s of GitLab is to ignore it with its reason', (_name, event, payload, reason) => {
  expect(judgeGitLab(event, payload)).toMatchObject({ ignored: expect.stringMatching(reason) as string });
});

test.each([
  ['JSON', 'application/json', '{"a":1}', { a: 1 }],
  [
    'a form',
    'application/x-www-form-urlencoded',
    `payload=${encodeURIComponent('{"a":"ä+ &"}')}`,
    { a: 'ä+ &' },
  ],
  ['a form without payload', 'application/x-www-form-urlencoded', 'a=1', undefined],
  ['broken JSON', 'application/json', '{"a":', undefined],
  ['nothing', 'application/json', '', undefined],
  ['a list', 'application/json', '[]', undefined],
  ['null', 'application/json', 'null', undefined],
])('A body of %s is read as what it holds', (_name, type, text, payload) => {
  expect(readPayload(Buffer.from(text), type)).toEqual(payload);
});

test('A body that is no UTF-8 holds nothing', () => {
  expect(readPayload(Buffer.from([0x7b, 0xff, 0x7d]), 'application/json')).toBeUndefined();
});
