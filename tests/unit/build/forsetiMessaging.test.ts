import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = process.cwd();
let folder: string;
let app: string;

const run = (where: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: where, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A project beside this one, with the package as `npm pack` makes it, and with its dependencies. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'forseti-package-'));
  // Built in a copy: other processes would take a dist/ in the checkout for an installed package.
  const source = join(folder, 'source');
  const needed = ['package.json', 'tsconfig.json', 'README.md', 'LICENSE', 'build', 'bin', 'docs'];
  for (const name of [...needed, 'packages/messaging'])
    cpSync(join(root, name), join(source, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'));
  run(source, process.execPath, 'build/pack.mjs', 'messaging');
  const tarball = run(source, 'npm', 'pack', '--ignore-scripts', '--silent').trim();
  app = join(folder, 'app');
  mkdirSync(join(app, 'node_modules', 'forseti'), { recursive: true });
  run(source, 'tar', '-xzf', tarball, '--strip-components=1', '-C', join(app, 'node_modules', 'forseti'));
  for (const name of ['@aws-sdk', '@smithy', '@middy', '@types', 'undici-types', 'tslib'])
    symlinkSync(join(root, 'node_modules', name), join(app, 'node_modules', name));
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('The package contains what is built, and none of its sources', () => {
  const installed = join(app, 'node_modules', 'forseti');
  expect(readdirSync(installed).sort()).toEqual([
    'LICENSE',
    'README.md',
    'bin',
    'dist',
    'docs',
    'package.json',
  ]);
  const files = readdirSync(join(installed, 'dist', 'messaging'));
  expect(files).toEqual(
    expect.arrayContaining(['index.js', 'index.d.ts', 'publish.d.ts', 'synchronise.d.ts']),
  );
});

test('The package needs the clients of SQS and DynamoDB, and nothing else', () => {
  const built = readFileSync(join(app, 'node_modules/forseti/dist/messaging/index.js'), 'utf8');
  const needed = new Set([...built.matchAll(/from "([^"]+)"/g)].map(([, name]) => name));
  expect([...needed].sort()).toEqual(['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs', 'node:crypto']);
  expect(built).not.toMatch(/\b(require|import)\(/);
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
  expect(Object.keys(dependencies)).toEqual(
    expect.arrayContaining(['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs', '@middy/core']),
  );
});

const program = `
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import { deduplicate, forEachMessage, MemoryStore, publisher } from 'forseti/messaging';

let ids = 0;
const world = { clock: () => 1_790_000_000_000, newId: () => 'id-' + String((ids += 1)) };
const sent = [];
const client = new SQSClient({ region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
client.send = async (command) => {
  if (!(command instanceof SendMessageCommand)) throw new Error('not the class of this SDK');
  sent.push(command.input);
  return { MessageId: 'sqs-' + String(sent.length) };
};
const orders = publisher({ ...world, destinations: [{ region: 'eu-west-1', queueUrl: 'https://queue', client }] });
const receipt = await orders.publish({ id: 'order-1', body: 'hello' });
let effects = 0;
const outcomes = [];
const handler = middy(forEachMessage(async () => ++effects)).use(
  deduplicate({ ...world, consumer: 'app', store: new MemoryStore(), onOutcome: ({ state }) => outcomes.push(state) }),
);
const record = (messageId) => ({
  messageId,
  body: sent[0].MessageBody,
  messageAttributes: { ForsetiMessageId: { stringValue: sent[0].MessageAttributes.ForsetiMessageId.StringValue } },
});
const event = { Records: [record('a'), record('b')] };
const answers = [await handler(event, {}), await handler(event, {})];
console.log(JSON.stringify({ receipt, effects, outcomes, answers }));
`;

test('Imported by plain Node, the package publishes, and has the effect of a doubled message once', () => {
  writeFileSync(join(app, 'program.js'), program);
  expect(JSON.parse(run(app, process.execPath, 'program.js'))).toEqual({
    receipt: { id: 'order-1', spooled: false, region: 'eu-west-1', messageId: 'sqs-1', tries: [] },
    effects: 1,
    outcomes: ['done', 'double', 'double', 'double'],
    answers: [{ batchItemFailures: [] }, { batchItemFailures: [] }],
  });
});

test("The documentation's own examples pass the type check against the published types, and a wrong use does not", () => {
  const page = readFileSync('docs/messaging.md', 'utf8');
  const examples = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, example = '']) => example);
  expect(examples).toHaveLength(2);
  const files = examples.map((example, index) => {
    expect(example).toContain("from 'forseti/messaging'");
    writeFileSync(join(app, `example${String(index)}.ts`), example);
    return `example${String(index)}.ts`;
  });
  // An unresolved type would be `any`, and would accept everything.
  const misuse = `
import { type BatchAnswer, type LeaseLost, MemoryStore, type Receipt, synchronise } from 'forseti/messaging';
export const answer: BatchAnswer = { batchItemFailures: [{ itemIdentifier: 'a' }] };
export const where = (receipt: Receipt) => (receipt.spooled ? receipt.spool : receipt.region);
export const name = (error: LeaseLost): 'LeaseLost' => error.name;
// @ts-expect-error a store is made without arguments
export const store = new MemoryStore('x');
// @ts-expect-error settings are missing
export const report = synchronise({ dryRun: true });
`;
  writeFileSync(join(app, 'misuse.ts'), misuse);
  const options = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    skipLibCheck: true,
  };
  writeFileSync(
    join(app, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: [...files, 'misuse.ts'] }),
  );
  expect(run(app, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', '.')).toBe('');
}, 60_000);
