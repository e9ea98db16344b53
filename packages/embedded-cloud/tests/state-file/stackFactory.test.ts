import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installStack } from '../../src/cloudformation/install';
import { compileServerless } from '../../src/template/compile';
import { stackFactory } from '../../src/state-file/stackFactory';
import type { StateFile } from '../../src/state-file/file';
import { openInThisThread } from '../../src/state-file/inProcess';

let root: string;
let file: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'acme-'));
  file = join(root, 'cloud.json');
  mkdirSync(join(root, 'dist'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** A package with a template that was compiled before, like a published one. */
const build = async (hash: string, key: string, values: Readonly<Record<string, string>> = {}) => {
  const table = {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'deployments',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    },
  };
  const parameters = Object.entries(values).map(([Name, Value]) => [
    Name.replace(/\W/g, ''),
    { Type: 'AWS::SSM::Parameter', Properties: { Name, Type: 'String', Value } },
  ]);
  const Resources = { Table: table, ...(Object.fromEntries(parameters) as object) };
  const compiled = JSON.stringify({ hash, template: { Resources }, bundles: {} });
  writeFileSync(join(root, 'dist', 'compiled.json'), compiled);
  const factory = stackFactory({
    compiled: await compileServerless(root, { prebuilt: 'dist/compiled.json' }),
    resetCommand: 'tool reset',
    install: async (cloud, stack) => {
      const options = { region: cloud.home, stackName: 'shop', resetCommand: 'tool reset' };
      await installStack(cloud, stack, options);
    },
  });
  return openInThisThread({ file, holder: 'a test' }, factory);
};

const saved = () => JSON.parse(readFileSync(file, 'utf8')) as StateFile;
const Item = { id: { S: 'api' } };

test('Updates a cloud that another build saved', async () => {
  const first = await build('build-1', 'id', { '/mode': 'a', '/old': 'x' });
  await first
    .connect()(DynamoDBClient)
    .send(new PutItemCommand({ TableName: 'deployments', Item }));
  await first.close();

  const second = await build('build-2', 'id', { '/mode': 'b' });
  const got = await second
    .connect()(DynamoDBClient)
    .send(new GetItemCommand({ TableName: 'deployments', Key: Item }));
  expect(got.Item).toEqual(Item);
  await second.close();
  const { buildHash, snapshot } = saved();
  expect(buildHash).toBe('build-2');
  const { parameters } = snapshot.regions['eu-west-1']?.services.ssm as {
    parameters: Record<string, { versions: { value: string }[] }>;
  };
  expect(parameters['/mode']?.versions.at(-1)?.value).toBe('b');
  expect(parameters['/old']).toBeUndefined();
});

test('Refuses a build with which the saved cloud cannot go on, and leaves the file as it was', async () => {
  await (await build('build-1', 'id')).close();
  const before = readFileSync(file, 'utf8');
  await expect(build('build-2', 'name')).rejects.toMatchObject({
    name: 'StateFileOutdated',
    message: expect.stringMatching(/tool reset.*\n.*table deployments has another key schema/) as string,
  });
  expect(readFileSync(file, 'utf8')).toBe(before);
});
