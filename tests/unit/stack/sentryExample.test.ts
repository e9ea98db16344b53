import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  checkPattern,
  type Envelope,
  matchesPattern,
  type Target,
  targetInputOf,
} from '@forseti/embedded-cloud';

const root = join(__dirname, '../../..');
interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
const template = parse(readFileSync(join(root, 'examples/sentry-release/template.yml'), 'utf8')) as {
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
};
const sample = (name: string) =>
  JSON.parse(readFileSync(join(root, 'events', `${name}.json`), 'utf8')) as Envelope & {
    detail: Record<string, unknown>;
  };
const { EventPattern: pattern, Targets: targets } = template.Resources.DeployedRule
  ?.Properties as unknown as {
  EventPattern: Readonly<Record<string, unknown>>;
  Targets: readonly [Target];
};

test('Sentry gets what was deployed, and nothing else', () => {
  checkPattern(pattern);
  const ended = sample('deployment-ended');
  expect(matchesPattern(pattern, ended)).toBe(true);
  expect(matchesPattern(pattern, { ...ended, detail: { ...ended.detail, outcome: 'RolledBack' } })).toBe(
    false,
  );
  for (const other of ['deployment-started', 'rollback-ended', 'git-tag-pushed'])
    expect(matchesPattern(pattern, sample(other))).toBe(false);
});

// https://docs.sentry.io/api/releases/create-a-new-release-for-an-organization/
test('Sentry gets a release as its API takes it', () => {
  expect(JSON.parse(targetInputOf(targets[0], sample('deployment-ended')))).toEqual({
    version: 'api@v1.4.2',
    projects: ['api'],
    dateReleased: '2026-11-22T08:38:12.000Z',
  });
});

test('The token is read from Secrets Manager, and the call is made with it', () => {
  const { Resources: resources } = template;
  expect(resources.SentryConnection?.Properties).toMatchObject({
    AuthorizationType: 'API_KEY',
    AuthParameters: {
      ApiKeyAuthParameters: {
        ApiKeyName: 'Authorization',
        ApiKeyValue: { 'Fn::Sub': 'Bearer {{resolve:secretsmanager:${SentryToken}:SecretString:token}}' },
      },
    },
  });
  expect(resources.SentryReleases?.Properties).toMatchObject({
    ConnectionArn: { 'Fn::GetAtt': ['SentryConnection', 'Arn'] },
    HttpMethod: 'POST',
  });
  expect(targets[0]).toMatchObject({
    Arn: { 'Fn::GetAtt': ['SentryReleases', 'Arn'] },
    RoleArn: { 'Fn::GetAtt': ['CallSentry', 'Arn'] },
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['NotTold', 'Arn'] } },
  });
});

test('The template contains everything that it names', () => {
  const text = JSON.stringify(template.Resources);
  const named = [
    ...text.matchAll(/"Ref":"(\w+)"/g),
    ...text.matchAll(/"Fn::GetAtt":\["(\w+)"/g),
    ...text.matchAll(/\$\{(\w+)\}/g),
  ].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(8);
  const known = [...Object.keys(template.Resources), ...Object.keys(template.Parameters)];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
