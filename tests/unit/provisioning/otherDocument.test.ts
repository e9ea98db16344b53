import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { applicationSchema } from '../../../lib/application/schema';
import { shellSafeJson } from '../../../lib/provisioning/otherDocument';
import { parametersFor, type Provisioned } from '../../../lib/provisioning/parameters';

const place = { ownDocument: 'forseti-test-provision', region: 'eu-west-1' };
const given = (parameters: object, more: object = {}, request: Partial<Provisioned> = {}) =>
  parametersFor(
    {
      settings: applicationSchema.parse({
        group: 'api',
        provisioning: { document: 'acme-install', parameters, ...more },
      }),
      extraVars: {},
      version: 'v2',
      application: 'api',
      deployment: 'api-v2-0123456789ab',
      ...request,
    },
    place,
  );

test('Everything that a parameter asks for is filled in, as often as it does', () => {
  const { parameters, problems } = given(
    {
      Line: ['{application}@{version}+{version} {deployment}', '{commit} {tags}/{skipTags}'],
      Json: ['{extraVars}'],
      Plain: ['{other} { version } ${version} $' + '{extraVars}'],
    },
    { extraVars: { workers: 8 }, tags: ['web', 'app'], skipTags: ['slow'] },
    { commit: 'c0ffee', extraVars: { cdn: true }, tags: ['db'] },
  );
  expect(problems).toEqual([]);
  expect(parameters).toEqual({
    Line: ['api@v2+v2 api-v2-0123456789ab', 'c0ffee db/slow'],
    Json: ['{"workers":8,"cdn":true}'],
    Plain: ['{other} { version } ${version} $' + '{extraVars}'],
  });
});

test.each<[string, object, object, Partial<Provisioned>, RegExp]>([
  [
    'variables of the request',
    { A: ['x'] },
    {},
    { extraVars: { a: 1 } },
    /^provisioning\.extraVars \(a\) is not passed on/,
  ],
  [
    'variables that only a shell variable asks for',
    { A: ['$' + '{extraVars}'] },
    {},
    { extraVars: { a: 1 } },
    /extraVars \(a\)/,
  ],
  ['tags of the request', { A: ['x'] }, {}, { tags: ['web'] }, /^provisioning\.tags \(web\)/],
  [
    'tags that are left out',
    { A: ['{tags}'] },
    { skipTags: ['slow'] },
    {},
    /^provisioning\.skipTags \(slow\)/,
  ],
  ['secrets', { A: ['x'] }, { secrets: { a: '/a' } }, {}, /^provisioning\.secrets \(a\)/],
  ['a playbook', { A: ['x'] }, { playbook: 'web.yml' }, {}, /^provisioning\.playbook \(web\.yml\)/],
  ['a commit that nobody named', { A: ['{commit}'] }, {}, {}, /^Parameter A asks for \{commit\}/],
  ['a name of an execution with quotes', { A: ['{deployment}'] }, {}, { deployment: "it's" }, /named "it's"/],
  ...['{{ssm:/a}}', '{% raw %}', '{# note #}', 'a{{'].map(
    (value): [string, object, object, Partial<Provisioned>, RegExp] => [
      `the template ${value}`,
      { A: ['{extraVars}'] },
      {},
      { extraVars: { a: value } },
      /^provisioning\.extraVars\.a holds/,
    ],
  ),
])('What cannot be passed on is a problem: %s', (_, parameters, more, request, words) => {
  expect(given(parameters, more, request).problems).toEqual([expect.stringMatching(words)]);
});

describe('Variables as JSON', () => {
  const variables = fc.dictionary(
    fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/).filter((name) => name !== '__proto__'),
    fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.integer()),
  );

  test('They are what they were, and no character means anything to a shell but the quotes of JSON', () => {
    fc.assert(
      fc.property(variables, (values) => {
        const json = shellSafeJson(values);
        expect(JSON.parse(json)).toEqual({ ...values });
        expect(json).toMatch(/^[A-Za-z0-9 _.,@%+/=:{}"\\-]*$/);
      }),
    );
  });

  const hostile = `'; touch /tmp/forseti-broken; "$(id)" \`id\` \\ \n | & < > * ? ! # ~ end`;

  test.each([
    ['single quotes', (json: string) => `printf '%s' '${json}'`, true],
    ['double quotes', (json: string) => `printf '%s' "${json}"`, false],
    ['no quotes', (json: string) => `printf '%s' ${json}`, false],
  ])('A shell runs nothing of them between %s', (_, command, same) => {
    const json = shellSafeJson({ motto: hostile, last: 'x' });
    const { stdout, stderr, status } = spawnSync('bash', ['-c', command(json)], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('uid=');
    if (same) expect(JSON.parse(stdout)).toEqual({ motto: hostile, last: 'x' });
  });
});
