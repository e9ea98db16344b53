import fc from 'fast-check';
import { checkProvisioning } from '../../../lib/application/checkProvisioning';
import { parseSettings } from '../../../lib/application/parse';
import { ownPatterns } from '../../../lib/application/provisioningDocument';
import { relations } from '../../../lib/application/relations';
import { settingsSchema } from '../../../lib/application/schema';
import { parameterProblems } from '../../../lib/provisioning/declaredParameters';
import { parametersFor } from '../../../lib/provisioning/parameters';
import { readDocument } from '../provisioning/script';

const s3 = { s3: 's3://acme-provisioning/api.tar.gz' };
const fileWith = (provisioning: object) =>
  JSON.stringify({ applications: { api: { group: 'api', provisioning } } });
const problemsOf = (text: string): string => {
  try {
    parseSettings(text, 'forseti.yml');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('The patterns by which apply refuses are those of the document, which has no others', () => {
  const { parameters } = readDocument('provision');
  const declared = Object.entries(parameters).flatMap(([name, { allowedPattern }]) =>
    allowedPattern === undefined ? [] : [[name, allowedPattern]],
  );
  expect(Object.fromEntries(declared)).toEqual(ownPatterns);
});

test('What apply takes, the document takes, and what it refuses, the document would refuse', () => {
  const { parameters: declared } = readDocument('provision');
  const part = fc.stringMatching(/^[A-Za-z0-9._/@^{} -]{0,12}$/);
  const named = fc.oneof(part, fc.constantFrom('{version}', '{commit}', 'main', 'site.yml'));
  const source = fc.oneof(
    fc.record({ s3: named.map((key) => `s3://acme-provisioning/${key}`) }),
    fc.record({ git: named.map((path) => `https://git.example.com/${path}`), ref: named }),
  );
  let taken = 0;
  fc.assert(
    fc.property(source, named, (from, playbook) => {
      const parsed = settingsSchema.safeParse({
        applications: { api: { group: 'api', provisioning: { source: from, playbook } } },
      });
      if (!parsed.success) return;
      const found = checkProvisioning(parsed.data).filter(
        // What the script refuses, and not the pattern.
        ({ message }) => !message.includes('leaves its source'),
      );
      const settings = parsed.data.applications['api'];
      if (!settings) return;
      const { parameters } = parametersFor(
        {
          settings,
          extraVars: {},
          version: 'v1.4.2',
          application: 'api',
          deployment: 'api-1',
          commit: '0'.repeat(40),
        },
        { ownDocument: 'forseti-test-provision', region: 'eu-west-1' },
      );
      const refused = parameterProblems(declared, parameters);
      const leaves = playbook.split('/').includes('..');
      if (!leaves) expect([found.length > 0, found, refused]).toEqual([refused.length > 0, found, refused]);
      if (found.length === 0) taken += 1;
    }),
    { numRuns: 500 },
  );
  expect(taken).toBeGreaterThan(20);
});

describe("What Forseti's own document would refuse is refused by apply", () => {
  test.each<[string, object, RegExp]>([
    [
      'a playbook by ./',
      { source: s3, playbook: './site.yml' },
      /provisioning\.playbook\s+is "\.\/site\.yml".*write "site\.yml"/,
    ],
    ['a playbook by @', { source: s3, playbook: '@x.yml' }, /is "@x\.yml".*write "x\.yml"/],
    ['an absolute playbook', { source: s3, playbook: '/site.yml' }, /is "\/site\.yml".*write "site\.yml"/],
    ['a playbook outside', { source: s3, playbook: 'plays/../../x.yml' }, /leaves its source/],
    ['no playbook', { source: s3, playbook: '' }, /provisioning\.playbook\s+is ""/],
    ['a quoted playbook', { source: s3, playbook: 'a;b.yml' }, /is "a;b\.yml"/],
    [
      'a blank in the key',
      { source: { s3: 's3://acme-provisioning/my api.tar.gz' } },
      /source\.s3\s+is "s3:\/\/acme-provisioning\/my api/,
    ],
    ['braces in the key', { source: { s3: 's3://acme-provisioning/{name}.zip' } }, /source\.s3/],
    [
      'a peeled ref',
      { source: { git: 'https://git.example.com/a.git', ref: 'v1^{}' } },
      /source\.ref\s+is "v1\^\{\}"/,
    ],
    [
      'a ref of an option',
      { source: { git: 'https://git.example.com/a.git', ref: '--upload-pack=x' } },
      /source\.ref/,
    ],
    ['an empty ref', { source: { git: 'https://git.example.com/a.git', ref: '' } }, /source\.ref/],
    [
      'a ref of another placeholder',
      { source: { git: 'https://git.example.com/a.git', ref: '{deployment}' } },
      /asks for \{deployment\}; a source may ask for \{version\} and \{commit\}/,
    ],
    ['a blank in the address', { source: { git: 'https://git.example.com/a b.git' } }, /source\.git/],
    [
      'a token parameter with a version',
      { source: { git: 'https://git.example.com/a.git', tokenParameter: '/token:3' } },
      /source\.tokenParameter/,
    ],
    ['no source', {}, /provisioning\s+is missing; expected where the playbook is/],
    [
      'parameters',
      { source: s3, parameters: { Package: ['x'] } },
      /provisioning\.parameters\s+are for documents that Forseti does not know/,
    ],
    [
      "the same by the document's name",
      { source: s3, document: 'forseti-production-provision', playbook: './x.yml' },
      /write "x\.yml"/,
    ],
    [
      'a version that no document has',
      { source: s3, documentVersion: 'latest' },
      /documentVersion\s+is "latest"; expected \$DEFAULT/,
    ],
    [
      'a tag of Ansible with a blank',
      { source: s3, tags: ['web, db'] },
      /tags\[0\]\s+is "web, db"; expected a tag of Ansible/,
    ],
  ])('It refuses %s', (_, provisioning, words) => {
    expect(problemsOf(fileWith(provisioning))).toMatch(words);
  });

  test.each<[string, object]>([
    ['a playbook in a folder', { source: s3, playbook: 'plays/web servers/site-1.yml' }],
    ['an archive of the version', { source: { s3: 's3://acme-provisioning/api-{version}.tar.gz' } }],
    ["the version's tag", { source: { git: 'https://git.example.com/a.git', ref: '{version}' } }],
    ["the tag's commit", { source: { git: 'ssh://git@git.example.com:22/a.git', ref: '{commit}' } }],
    ['a tag of a scheme', { source: { git: 'https://git.example.com/a.git', ref: 'release/{version}' } }],
    ['tags', { source: s3, tags: ['web', 'app:config'], skipTags: ['slow'] }],
    [
      "AWS's document with its own form of a path",
      { source: { s3: 's3://acme/api.zip' }, document: 'AWS-ApplyAnsiblePlaybooks', playbook: './site.yml' },
    ],
  ])('It takes %s', (_, provisioning) => {
    expect(problemsOf(fileWith(provisioning))).toBe('');
  });
});

describe('What another document would not be given is refused by apply', () => {
  const shell = { document: 'AWS-RunShellScript', parameters: { commands: ['/opt/deploy {version}'] } };

  test.each<[string, object, RegExp]>([
    [
      'variables',
      { extraVars: { workers: 8 } },
      /provisioning\.extraVars\s+\(workers\) is not passed on to this document: name the parameter/,
    ],
    [
      'secrets',
      { secrets: { password: '/shop/password' } },
      /provisioning\.secrets\s+\(password\) are not passed on/,
    ],
    ['a playbook', { playbook: 'web.yml' }, /provisioning\.playbook\s+\(web\.yml\) is not passed on/],
    ['tags of Ansible', { tags: ['web'] }, /provisioning\.tags\s+\(web\) is not passed on/],
    [
      'a reference to a parameter',
      { parameters: { commands: ['deploy {{ssm:/shop/password}}'] } },
      /parameters\.commands\s+holds "\{\{"/,
    ],
    [
      'a template of Jinja',
      { parameters: { commands: ['deploy {% if x %}'] } },
      /parameters\.commands\s+holds/,
    ],
    [
      'a variable with a template',
      { extraVars: { motto: '{# x #}' }, parameters: { commands: ["deploy '{extraVars}'"] } },
      /extraVars\.motto\s+holds/,
    ],
  ])('It refuses %s', (_, more, words) => {
    expect(problemsOf(fileWith({ ...shell, ...more }))).toMatch(words);
  });

  test('It needs no source, and takes what the parameters ask for', () => {
    const parameters = { commands: ['deploy {version} {commit} \'{extraVars}\' "${version}" ${#list[@]}'] };
    expect(problemsOf(fileWith({ ...shell, parameters, extraVars: { workers: 8 } }))).toBe('');
  });
});

describe('What AWS would refuse of policies and alarms is refused by apply', () => {
  const scalingWith = (scaling: object) =>
    JSON.stringify({ applications: { api: { group: 'api', provisioning: { source: s3 }, scaling } } });
  const steps = (...list: object[]) => ({ policies: { grow: { type: 'step', steps: list } } });
  const alarm = (more: object) => ({
    alarms: { slow: { metric: 'TargetResponseTime', threshold: 1, ...more } },
  });

  test.each<[string, object, RegExp]>([
    ['a step that is open on both sides', steps({ by: 1 }), /grow\.steps\[0\]\s+has neither "from" nor "to"/],
    [
      'a highest step that ends',
      steps({ from: 0, to: 20, by: 1 }),
      /steps\[0\]\.to\s+is 20; AWS asks for a step without "to"/,
    ],
    [
      'a lowest step that ends',
      steps({ from: -20, to: -10, by: -2 }, { from: -10, to: 0, by: -1 }),
      /steps\[0\]\.from\s+is -20/,
    ],
    ['no metric', alarm({ metric: '' }), /slow\.metric\s+is ""/],
    ['a namespace with a colon', alarm({ namespace: 'acme:web' }), /namespace\s+is "acme:web"/],
    [
      'a dimension that is not ASCII',
      alarm({ dimensions: { Shop: 'Köln' } }),
      /dimensions\.Shop\s+is "Köln"/,
    ],
    ['a name with a colon', alarm({ dimensions: { ':Shop': 'a' } }), /dimensions\.:Shop\s+is "a"/],
    ['an empty dimension', alarm({ dimensions: { LoadBalancer: '' } }), /dimensions\.LoadBalancer\s+is ""/],
  ])('It refuses %s', (_, scaling, words) => {
    expect(problemsOf(scalingWith(scaling))).toMatch(words);
  });

  test.each<[string, object]>([
    ['growing', steps({ from: 0, to: 20, by: 1 }, { from: 20, by: 5 })],
    ['shrinking', steps({ from: -20, to: 0, by: -1 }, { to: -20, by: -5 })],
    ['one step', steps({ to: 0, by: -1 })],
    ['a dimension', alarm({ dimensions: { LoadBalancer: 'app/front/1' } })],
  ])('It takes %s', (_, scaling) => {
    expect(problemsOf(scalingWith(scaling))).toBe('');
  });
});

describe('Alarms of two applications that would get one name', () => {
  const application = (group: string, alarms: readonly string[]) => ({
    group,
    provisioning: { source: s3 },
    scaling: {
      alarms: Object.fromEntries(alarms.map((name) => [name, { metric: 'RequestCount', threshold: 1 }])),
    },
  });

  test.each<[string, Record<string, object>, RegExp]>([
    [
      'of a name that goes on with the other',
      { api: application('a', ['v2-errors']), 'api-v2': application('b', ['errors']) },
      /api-v2\.scaling\.alarms\.errors\s+would be the alarm forseti-STAGE-api-v2-errors, as "v2-errors" of "api" is already/,
    ],
    [
      'in the other order',
      { 'api-v2': application('b', ['errors']), api: application('a', ['v2-errors']) },
      /applications\.api\.scaling\.alarms\.v2-errors/,
    ],
  ])('They are refused: %s', (_, applications, words) => {
    expect(problemsOf(JSON.stringify({ applications }))).toMatch(words);
  });

  test('Other names beside each other are fine', () => {
    const settings = settingsSchema.parse({
      applications: {
        api: application('a', ['errors', 'v3-errors']),
        'api-v2': application('b', ['errors']),
      },
    });
    expect(relations(settings)).toEqual([]);
  });
});
