import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileServerless } from '../../src/template/compile';

const modules = join(dirname(createRequire(__filename).resolve('serverless/package.json')), '..');

const serverless = `
service: sample
plugins: [serverless-iam-roles-per-function]
provider: { name: aws, runtime: nodejs24.x, region: eu-west-1, versionFunctions: false }
package: { artifact: code.zip }
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
  symlinkSync(modules, join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), '{}');
  // An empty archive: the code is bundled for the cloud, and the package itself is not used.
  writeFileSync(join(root, 'code.zip'), Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'));
  writeFileSync(join(root, 'serverless.yml'), serverless);
  writeFileSync(join(root, 'functions', 'Greet.ts'), greet);
  writeFileSync(join(root, 'functions', 'word.ts'), "export const word: string = 'hello';");
  return root;
};

describe('A project', () => {
  const root = makeProject();
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  test('Compiles twice at once to the same, with each function’s role, and leaves nothing behind', async () => {
    const [one, two] = await Promise.all([compileServerless(root), compileServerless(root)]);
    expect(two).toEqual(one);
    const { Resources } = one.template;
    expect(Object.keys(Resources)).toEqual(
      expect.arrayContaining(['GreetLambdaFunction', 'GreetIamRoleLambdaExecution']),
    );
    expect(Resources.GreetLambdaFunction?.Properties).not.toHaveProperty('Code');
    const { text, file } = one.bundles['functions/Greet'] ?? { text: '', file: '' };
    expect(file).toBe('functions/Greet.cjs');
    expect(text).toContain('hello');
    expect(text).toContain('require("@aws-sdk/client-sqs")');
    expect(readdirSync(join(root, '.build'))).toEqual(['cache']);
  }, 60_000);

  test('Is not compiled again until a source changes', async () => {
    const { hash } = await compileServerless(root);
    expect((await compileServerless(root)).hash).toBe(hash);
    writeFileSync(join(root, 'functions', 'word.ts'), "export const word: string = 'goodbye';");
    const changed = await compileServerless(root);
    expect(changed.hash).not.toBe(hash);
    expect(changed.bundles['functions/Greet']?.text).toContain('goodbye');
  }, 60_000);

  test('That is installed brings its result along', async () => {
    mkdirSync(join(root, 'dist'));
    const kept = { hash: 'kept', template: { Resources: {} }, bundles: {} };
    writeFileSync(join(root, 'dist', 'compiled.json'), JSON.stringify(kept));
    expect(await compileServerless(root, { prebuilt: 'dist/compiled.json' })).toEqual(kept);
  });

  test('That cannot be packaged fails with the framework’s own words', async () => {
    rmSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, 'serverless.yml'), serverless.replace('function]', 'function, ./missing.cjs]'));
    await expect(compileServerless(root)).rejects.toThrow(/serverless package failed:[^]*missing/);
  }, 60_000);
});
