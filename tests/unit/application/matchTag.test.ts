import { matchTag } from '../../../lib/application/matchTag';

const applications = {
  api: { tags: { pattern: '^v[0-9]' } },
  shop: { tags: { pattern: '^shop-v[0-9]+$', repository: 'acme/shop' } },
  admin: { tags: { pattern: '^v[0-9]', repository: 'acme/admin' } },
};

test.each([
  ['acme/api', 'v1.4.2', ['api']],
  ['acme/admin', 'v1.4.2', ['admin', 'api']],
  ['acme/shop', 'shop-v7', ['shop']],
  ['acme/other', 'shop-v7', []],
  ['acme/shop', 'nightly', []],
])('A tag of %s named %s deploys %j', (repository, tag, expected) => {
  expect(matchTag({ repository, tag }, { applications })).toEqual(expected);
});
