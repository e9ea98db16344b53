import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { listOf, type Statement } from '@forseti/embedded-cloud';
import { sessionOnCloud } from '../../cli/session/cloudSession';
import { findQueue } from '../../cli/queries/queues';
import { minuteMs, untilState } from './support/acts';
import { changes, commandLineOn } from './support/commandLine';
import { judgedCommandLine, readPolicy, roleWith } from './support/judged';
import { startTestStack, type TestStack } from './support/testStack';

/** The roles, and the policy files that each has. */
const roles = {
  reader: ['reader'],
  operator: ['reader', 'operator'],
  ci: ['ci'],
} as const;
type RoleName = keyof typeof roles;

const policiesOf = (role: RoleName) => roles[role].map((file) => readPolicy(`examples/iam/${file}.json`));

const deployed = async (stack: TestStack) => void (await stack.deploy());
const running = async (stack: TestStack) => {
  await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(5 * minuteMs);
};
const deadLetter = async ({ session }: TestStack) => {
  const { url } = await findQueue(session, 'requests-dead');
  await session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{}' }));
};
const webhookSecret = async ({ session }: TestStack) => {
  const Name = '/forseti/production/webhooks/github';
  await session
    .connect(SSMClient)
    .send(new PutParameterCommand({ Name, Type: 'SecureString', Value: 'x'.repeat(20) }));
};
const waiting = async (stack: TestStack) => {
  await stack.store({
    strategy: 'golden-instance',
    rollout: { strategy: 'instance-refresh', approval: { percentage: 50, timeoutMinutes: 60 } },
  });
  await stack.start({ application: 'api', version: 'v2' });
  await untilState(stack, 'Approval');
  await stack.cloud.advance(10 * minuteMs);
};

const typedBy = (stack: TestStack, line: string) => commandLineOn(stack.session)(...line.split(' '));
const failedOver = async (stack: TestStack) => void (await typedBy(stack, 'region failover --reason test'));
const paused = async (stack: TestStack) => {
  await typedBy(stack, 'consumers pause requests --reason test');
  await stack.cloud.advance(minuteMs);
};
/** An application whose settings a file without it removes. */
const another = async ({ session }: TestStack) => {
  const Name = '/forseti/production/applications/other';
  const Value = '{"group":"other","provisioning":{"source":{"s3":"s3://acme-provisioning/other.tar.gz"}}}';
  await session.connect(SSMClient).send(new PutParameterCommand({ Name, Type: 'String', Value }));
};

interface Scene {
  readonly words: readonly string[];
  readonly before?: (stack: TestStack) => Promise<void>;
  readonly twoRegions?: true;
}
const scene = (line: string, more: Omit<Scene, 'words'> = {}): Scene => ({ words: line.split(' '), ...more });

const reads = [
  scene('status api', { before: running }),
  scene('status api', { before: deployed }),
  scene('list api', { before: deployed }),
  scene('list'),
  scene('history api', { before: deployed }),
  scene('history --dora --format json'),
  scene('history --refused --since 12h'),
  scene('plan api v2'),
  scene('doctor'),
  scene('dashboard api --print'),
  scene('dashboard api --grafana'),
  scene('access list api'),
  scene('maintenance status api'),
  scene('prewarm api'),
  scene('webhook url'),
];

const deploys = [
  scene('deploy api v2'),
  scene('deploy api v2 --no-wait'),
  scene('deploy api v2 --concurrency queue-latest', { before: running }),
];

const acts = [
  scene('rollback api', { before: deployed }),
  scene('halt api --reason wrong', { before: running }),
  scene('approve api', { before: waiting }),
  scene('regenerate api --reason patches', { before: deployed }),
  scene('replace api INSTANCE --reason slow', { before: deployed }),
  scene('freeze api --reason campaign --for 4h'),
  scene('unfreeze api'),
  scene('maintenance on api --for 30m'),
  scene('maintenance off api'),
  scene('access open api --port 22 --cidr 203.0.113.7/32 --for 30m'),
  scene('access close api --port 22 --cidr 203.0.113.7/32'),
  scene('prewarm api --capacity 6 --at 2026-12-01T08:30Z --until 2026-12-01T14:00Z'),
  scene('prewarm api --cancel'),
  scene('clean api --dry-run', { before: deployed }),
  scene('clean api --keep 1 --reason space', { before: deployed }),
  scene('dashboard api'),
  scene('region status', { twoRegions: true }),
  scene('region failover --reason test', { twoRegions: true }),
  scene('region synchronise', { twoRegions: true, before: deadLetter }),
  scene('consumers pause requests --reason test'),
  scene('queue redrive requests', { before: deadLetter }),
  scene('freeze --all --reason sales --for 1h'),
  scene('region failback --reason test', { twoRegions: true, before: failedOver }),
  scene('consumers resume requests', { before: paused }),
  scene('queue peek waiting-dead'),
  scene('apply SETTINGS'),
  scene('apply SETTINGS --prune', { before: another }),
  scene('webhook secret github'),
  scene('webhook secret github --rotate', { before: webhookSecret }),
];

const start = async ({ before, twoRegions }: Scene) => {
  const stack = await startTestStack({
    group: { instances: 2 },
    ...(twoRegions && { cloud: { regions: ['eu-west-1', 'eu-central-1'] } }),
  });
  await before?.(stack);
  return stack;
};

const settingsFile = () => {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'forseti.yml');
  const text = readFileSync('examples/forseti.yml', 'utf8');
  writeFileSync(file, `${text}\n    rollback: { windowMinutes: 25 }\n`);
  return file;
};

const run = (role: RoleName, stack: TestStack, words: readonly string[]) => {
  const [instance = ''] = Object.keys(stack.region.service('ec2').state.instances);
  const given: Readonly<Record<string, string>> = { INSTANCE: instance, SETTINGS: settingsFile() };
  const typed = judgedCommandLine(stack, role, policiesOf(role), 'yes');
  return typed(...words.map((word) => given[word] ?? word));
};

const allowed: readonly (readonly [RoleName, Scene])[] = [
  ...reads.map((one) => ['reader', one] as const),
  ...[...reads, ...deploys, ...acts].map((one) => ['operator', one] as const),
  ...deploys.map((one) => ['ci', one] as const),
  ['ci', scene('plan api v2')],
];

test.each(allowed.map(([role, one]) => ({ role, line: one.words.join(' '), one })))(
  'The policy of the $role lets run: forseti $line',
  async ({ role, one }) => {
    const stack = await start(one);
    const { code, note, out } = await run(role, stack, one.words);
    expect({ code, denied: /not authorized|AccessDenied/.exec(note + out)?.input }).toEqual({ code: 0 });
  },
);

const forbidden: readonly (readonly [RoleName, Scene])[] = [
  ...[...deploys.slice(0, 2), ...acts].map((one) => ['reader', one] as const),
  ...acts.map((one) => ['ci', one] as const),
];

test.each(forbidden.map(([role, one]) => ({ role, line: one.words.join(' '), one })))(
  'The policy of the $role refuses, and nothing changes: forseti $line',
  async ({ role, one }) => {
    const stack = await start(one);
    const before = changes(stack).length;
    const { code, note } = await run(role, stack, one.words);
    expect(code).toBe(1);
    expect(note).toMatch(/is not authorized to perform|AccessDenied/);
    expect(changes(stack).slice(before)).toEqual([]);
  },
);

test('A stop by hand is followed by CI to the end of its repair', async () => {
  const stack = await start(scene('deploy'));
  const session = sessionOnCloud(stack.cloud, undefined, roleWith(stack, 'ci', policiesOf('ci')));
  let stopped = false;
  const sleep = async (ms: number) => {
    await stack.cloud.advance(ms);
    const [arn] = stopped ? [] : await stack.executionArns();
    if (arn !== undefined && stack.cloud.now() > Date.UTC(2026, 10, 22, 8, 5)) {
      stopped = true;
      await stack.stop(arn);
    }
  };
  const { code, note } = await commandLineOn({ ...session, sleep })('deploy', 'api', 'v2');
  expect(note).not.toContain('not authorized');
  expect(code).toBe(4);
});

test('CI announces tags, and no event of another kind or source', async () => {
  const stack = await start(scene('deploy'));
  const session = sessionOnCloud(stack.cloud, undefined, roleWith(stack, 'ci', policiesOf('ci')));
  const put = (Source: string, DetailType: string) =>
    session.connect(EventBridgeClient).send(
      new PutEventsCommand({
        Entries: [{ Source, DetailType, Detail: '{"repository":"acme/api","tag":"v2"}' }],
      }),
    );
  expect((await put('forseti.ci', 'Git Tag Pushed')).FailedEntryCount).toBe(0);
  await expect(put('forseti.ci', 'Alarm Rang')).rejects.toThrow('not authorized');
  await expect(put('forseti.deployments', 'Git Tag Pushed')).rejects.toThrow('not authorized');
});

test.each(['reader', 'ci'] as const)('The %s cannot read secrets', async (role) => {
  const stack = await start(scene('x', { before: webhookSecret }));
  const session = sessionOnCloud(stack.cloud, undefined, roleWith(stack, role, policiesOf(role)));
  const get = new GetParameterCommand({ Name: '/forseti/production/webhooks/github', WithDecryption: true });
  await expect(session.connect(SSMClient).send(get)).rejects.toThrow('not authorized');
});

test.each(['reader', 'operator', 'ci'] as const)(
  'Each statement of %s.json has a purpose and no wildcard action; a resource is * only where IAM knows none',
  (file) => {
    const { Statement: statements } = readPolicy(`examples/iam/${file}.json`) as { Statement: Statement[] };
    const sids = statements.map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(statements.length);
    expect(sids.every((sid) => /^[A-Z][A-Za-z]+$/.test(sid ?? ''))).toBe(true);
    const actions = statements.flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    const open = statements.filter(({ Resource }) => listOf(Resource).includes('*'));
    for (const { Action } of open)
      for (const action of listOf(Action))
        expect(action).toMatch(/:(Describe|List)|^lambda:GetAccountSettings$/);
    // The limit of a managed policy, without white space (IAM User Guide, "IAM and AWS STS quotas").
    expect(JSON.stringify(readPolicy(`examples/iam/${file}.json`)).length).toBeLessThan(6_144);
  },
);
