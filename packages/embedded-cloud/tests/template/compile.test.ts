import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compile } from '../../src/template/compile';

const repository = resolve(__dirname, '../../../..');

const serverless = `
service: sample
plugins: [serverless-iam-roles-per-function, ./build/bundle-plugin.cjs]
provider: { name: aws, runtime: nodejs24.x, region: eu-west-1, versionFunctions: false }
package: { individually: true }
functions:
  Greet:
    handler: functions/Greet.handler
    iamRoleStatements: [{ Effect: Allow, Action: [sqs:SendMessage], Resource: '*' }]
`;

const greet = `
import { SQSClient } from '@aws-sdk/client-sqs';
import { word } from './word';
export const handler = async () => ({ word, client: SQSClient.name });
`;

const makeProject = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'compile-'));
  mkdirSync(join(root, 'functions'));
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  symlinkSync(join(repository, 'build'), join(root, 'build'));
  writeFileSync(join(root, 'package.json'), '{}');
  writeFileSync(join(root, 'serverless.yml'), serverless);
  writeFileSync(join(root, 'functions', 'Greet.ts'), greet);
  writeFileSync(join(root, 'functions', 'word.ts'), "export const word: string = 'hello';");
  return root;
};

describe('a project', () => {
  const root = makeProject();
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it('compiles twice at once to the same, with each function’s role and none shared, and leaves nothing behind', async () => {
    const [one, two] = await Promise.all([compile(root), compile(root)]);
    expect(two).toEqual(one);
    const { Resources } = one.template;
    expect(Object.keys(Resources)).toEqual(
      expect.arrayContaining(['GreetLambdaFunction', 'GreetIamRoleLambdaExecution']),
    );
    expect(Resources).not.toHaveProperty('IamRoleLambdaExecution');
    expect(Resources.GreetLambdaFunction?.Properties).not.toHaveProperty('Code');
    const { text, file } = one.bundles['functions/Greet'] ?? { text: '', file: '' };
    expect(file).toBe('functions/Greet.cjs');
    expect(text).toContain('hello');
    expect(text).toContain('require("@aws-sdk/client-sqs")');
    expect(readdirSync(join(root, '.build'))).toEqual(['cache']);
  }, 60_000);

  it('is not compiled again until a source changes', async () => {
    const { hash } = await compile(root);
    expect((await compile(root)).hash).toBe(hash);
    writeFileSync(join(root, 'functions', 'word.ts'), "export const word: string = 'goodbye';");
    const changed = await compile(root);
    expect(changed.hash).not.toBe(hash);
    expect(changed.bundles['functions/Greet']?.text).toContain('goodbye');
  }, 60_000);

  it('that is installed brings its result along', async () => {
    mkdirSync(join(root, 'dist'));
    const kept = { hash: 'kept', template: { Resources: {} }, bundles: {} };
    writeFileSync(join(root, 'dist', 'compiled.json'), JSON.stringify(kept));
    expect(await compile(root)).toEqual(kept);
  });

  it('that cannot be packaged fails with the framework’s own words', async () => {
    rmSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, 'serverless.yml'), serverless.replace('./build', './missing'));
    await expect(compile(root)).rejects.toThrow(/serverless package failed:[^]*missing/);
  }, 60_000);
});
