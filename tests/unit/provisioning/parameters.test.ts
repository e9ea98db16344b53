import { applicationSchema } from '../../../lib/application/schema';
import { documentFor } from '../../../lib/provisioning/parameters';

const settings = (provisioning: object) =>
  applicationSchema.parse({
    group: 'shop',
    provisioning: { source: { s3: 's3://acme-deploy/shop.zip' }, ...provisioning },
  });
const request = (provisioning: object, extraVars: Record<string, string | number | boolean> = {}) =>
  documentFor(
    {
      settings: settings(provisioning),
      extraVars,
      version: 'v2.0.0',
      application: 'shop',
      deployment: 'shop-1',
    },
    { ownDocument: 'forseti-provision', region: 'eu-west-1' },
  );

describe("Parameters of Forseti's own document", () => {
  test('The variables of the request override those of the settings, and the version is added', () => {
    const { name, version, parameters } = request(
      { extraVars: { workers: 8, cdn: true } },
      { workers: 4, motto: 'a "b" $c' },
    );
    expect({ name, version }).toEqual({ name: 'forseti-provision', version: '$DEFAULT' });
    expect(JSON.parse(parameters['ExtraVariables']?.[0] ?? '')).toEqual({
      workers: 4,
      cdn: true,
      motto: 'a "b" $c',
      version: 'v2.0.0',
    });
    expect(parameters['Version']).toEqual(['v2.0.0']);
    expect(parameters['TimeoutSeconds']).toEqual(['1800']);
  });

  test('Braces are escaped so that Systems Manager sees no reference to Parameter Store, and JSON the same value', () => {
    const { parameters } = request({}, { text: '{{ssm:/shop/secret}}' });
    expect(parameters['ExtraVariables']?.[0]).not.toContain('{{');
    expect(JSON.parse(parameters['ExtraVariables']?.[0] ?? '')).toMatchObject({
      text: '{{ssm:/shop/secret}}',
    });
  });

  test('The parameters name the Git reference and the parameter of the token, never a token', () => {
    const { parameters } = request({
      source: { git: 'https://git.example.com/acme/shop.git', ref: 'v3', tokenParameter: '/shop/token' },
      secrets: { password: '/shop/password' },
    });
    expect(parameters).toMatchObject({
      Source: ['https://git.example.com/acme/shop.git'],
      Reference: ['v3'],
      TokenParameter: ['/shop/token'],
      Secrets: ['{"password":"/shop/password"}'],
    });
  });
});

describe('Parameters of AWS-ApplyAnsiblePlaybooks', () => {
  const aws = { document: 'AWS-ApplyAnsiblePlaybooks' };

  test('The source in S3 has the address of the region', () => {
    const { parameters } = request(aws, { workers: 4 });
    expect(parameters).toEqual({
      SourceType: ['S3'],
      SourceInfo: ['{"path":"https://acme-deploy.s3.eu-west-1.amazonaws.com/shop.zip"}'],
      InstallDependencies: ['True'],
      PlaybookFile: ['site.yml'],
      ExtraVariables: ['workers=4 version=v2.0.0'],
      Check: ['False'],
      Verbose: ['-v'],
      TimeoutSeconds: ['1800'],
    });
  });

  test('The source on GitHub has a token that is resolved on the instance', () => {
    const { parameters } = request({
      ...aws,
      source: { git: 'https://github.com/acme/shop.git', ref: 'main', tokenParameter: '/shop/token' },
    });
    expect(JSON.parse(parameters['SourceInfo']?.[0] ?? '')).toEqual({
      owner: 'acme',
      repository: 'shop',
      path: '',
      getOptions: 'branch:main',
      tokenInfo: '{{ssm-secure:/shop/token}}',
    });
  });

  test.each(['a b', '$(id)', '`id`', 'a"b', "a'b", 'a;b', '{{x}}', 'a\nb', '', 'a\\b', 'a|b', '!x'])(
    "The value %j is refused, since the document's shell command would not keep it as it is",
    (value) => {
      expect(() => request(aws, { motto: value })).toThrow(/Variable motto is/);
    },
  );

  test.each([
    [
      'another Git server',
      { source: { git: 'https://git.example.com/a/b.git' } },
      /takes https:\/\/github\.com/,
    ],
    ['a tar archive', { source: { s3: 's3://acme-deploy/shop.tar.gz' } }, /no tar archive/],
    ['secrets', { secrets: { password: '/shop/password' } }, /no way to read secrets/],
    ['a playbook that is no YAML file', { playbook: 'site.json' }, /ending in \.yml/],
  ])('The document is not given %s', (_, provisioning, message) => {
    expect(() => request({ ...aws, ...provisioning })).toThrow(message);
  });
});

test('An unknown document gets what the settings say, and nothing else', () => {
  const { name, version, parameters } = request({
    document: 'acme-install',
    documentVersion: '7',
    parameters: { Package: ['shop'] },
  });
  expect({ name, version, parameters }).toEqual({
    name: 'acme-install',
    version: '7',
    parameters: { Package: ['shop'] },
  });
});
