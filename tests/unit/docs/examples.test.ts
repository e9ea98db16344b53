import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateStatements, type Statement } from '@forseti/embedded-cloud';
import { parseTemplate } from '../support/cloudFormationYaml';

const root = join(__dirname, '../../..');
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('The role of CI', () => {
  const template = parseTemplate(text('examples/ci/ci-role.yml')) as {
    Parameters: Record<string, { AllowedPattern?: string }>;
    Resources: Record<string, { Properties: Record<string, unknown> }>;
  };
  const role = template.Resources.Role?.Properties as {
    AssumeRolePolicyDocument: {
      Statement: [{ 'Fn::If': [string, Statement, Statement] }];
    };
    Policies: [{ PolicyDocument: { Statement: Statement[] } }];
  };

  test('Has the statements of examples/iam/ci.json', () => {
    const placed = JSON.stringify(role.Policies[0].PolicyDocument.Statement)
      .replaceAll(/\{"Fn::Sub":("[^"]+")\}/g, '$1')
      .replaceAll('${AWS::Partition}', 'aws')
      .replaceAll('${AWS::Region}', 'REGION')
      .replaceAll('${AWS::AccountId}', 'ACCOUNT')
      .replaceAll('${Stage}', 'STAGE');
    const { Statement: statements } = JSON.parse(text('examples/iam/ci.json')) as { Statement: unknown };
    expect(JSON.parse(placed)).toEqual(statements);
  });

  const [choice] = role.AssumeRolePolicyDocument.Statement;
  const [, github, gitlab] = choice['Fn::If'];

  /** Whether a token of this subject and audience is exchanged, where the parameter names the pattern. */
  const trusts = (statement: Statement, host: string, pattern: string, subject: string, audience: string) => {
    const conditions = JSON.parse(
      JSON.stringify(statement.Condition).replace(/\{"Ref":"\w+"\}/, JSON.stringify(pattern)),
    ) as Statement['Condition'];
    const { Action = [] } = statement;
    const asked = { Effect: 'Allow', Action, Resource: '*', Condition: conditions } as Statement;
    const context = { [`${host}:aud`]: audience, [`${host}:sub`]: subject };
    return evaluateStatements([asked], [{ action: String(Action), resource: 'role', context }]).allowed;
  };

  test.each([
    ['repo:acme/api:ref:refs/tags/v2', 'sts.amazonaws.com', true],
    ['repo:acme/api:ref:refs/heads/main', 'sts.amazonaws.com', false],
    ['repo:acme/api:pull_request', 'sts.amazonaws.com', false],
    ['repo:acme/api-fork:ref:refs/tags/v2', 'sts.amazonaws.com', false],
    ['repo:other/api:ref:refs/tags/v2', 'sts.amazonaws.com', false],
    ['repo:acme/api:ref:refs/tags/v2', 'another', false],
  ])("Of GitHub's token of %s for %s it is %s that it is trusted", (subject, audience, trusted) => {
    const host = 'token.actions.githubusercontent.com';
    expect(trusts(github, host, 'repo:acme/api:ref:refs/tags/v*', subject, audience)).toBe(trusted);
  });

  test.each([
    ['project_path:acme/api:ref_type:tag:ref:v2', true],
    ['project_path:acme/api:ref_type:branch:ref:v2', false],
    ['project_path:acme/other:ref_type:tag:ref:v2', false],
  ])("Of GitLab's token of %s it is %s that it is trusted", (subject, trusted) => {
    const pattern = 'project_path:acme/api:ref_type:tag:ref:v*';
    expect(trusts(gitlab, 'gitlab.com', pattern, subject, 'https://gitlab.com')).toBe(trusted);
  });

  test.each([
    ['GitHubSubject', 'repo:acme/api:ref:refs/tags/v*', true],
    ['GitHubSubject', 'repo:acme/api:environment:production', true],
    ['GitHubSubject', 'repo:acme/*', false],
    ['GitHubSubject', '*', false],
    ['GitHubSubject', 'repo:acme/api:*', false],
    ['GitLabSubject', 'project_path:acme/group/api:ref_type:tag:ref:v*', true],
    ['GitLabSubject', 'project_path:acme/*:ref_type:tag:ref:v*', false],
  ])('Of %s %s it is %s that the template takes it', (parameter, value, taken) => {
    const { AllowedPattern: pattern = '' } = template.Parameters[parameter] ?? {};
    expect(new RegExp(`^(?:${pattern})$`).test(value)).toBe(taken);
  });

  test('Waits as long as the recipes ask for', () => {
    expect(template.Resources.Role?.Properties.MaxSessionDuration).toBe(7200);
    expect(text('examples/ci/github-actions.yml')).toContain('role-duration-seconds: 7200');
    expect(text('examples/ci/gitlab-ci.yml')).toContain('--duration-seconds 7200');
  });
});
