/**
 * The example of a tag event in GitLab's documentation ("Webhook events", Tag events), with the fields that are read.
 */
export const tagPushed = {
  object_kind: 'tag_push',
  event_name: 'tag_push',
  before: '0000000000000000000000000000000000000000',
  after: '82b3d5ae55f7080f1e6022629cdb57bfae7cccc7',
  ref: 'refs/tags/v1.0.0',
  ref_protected: true,
  checkout_sha: '82b3d5ae55f7080f1e6022629cdb57bfae7cccc7',
  user_id: 1,
  user_name: 'John Smith',
  project_id: 1,
  project: {
    id: 1,
    name: 'Example',
    web_url: 'http://example.com/jsmith/example',
    namespace: 'Jsmith',
    path_with_namespace: 'jsmith/example',
    default_branch: 'master',
  },
  commits: [],
  total_commits_count: 0,
};

/** The example of a push event, with the fields that are read. */
export const branchPushed = {
  ...tagPushed,
  object_kind: 'push',
  event_name: 'push',
  before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
  after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
  ref: 'refs/heads/master',
  checkout_sha: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
  user_username: 'jsmith',
};

const nothing = '0'.repeat(40);
export const tagDeleted = { ...tagPushed, before: tagPushed.after, after: nothing, checkout_sha: null };
export const tagMoved = { ...tagPushed, before: branchPushed.before };
