import { readFileSync } from 'node:fs';
import { Records } from '../../lib/engine/record';
import { Table } from '../../lib/aws/table';
import { commandLineOn } from './support/commandLine';
import { refusedByIam } from './support/calls';
import { ownEvents, problemsOf } from './support/busEvents';
import { recordOf, serving } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

const document = 'forseti-production-provision';
const git = { git: 'https://git.example.com/acme/playbooks.git' };
const commit = '8f14e45fceea167a5a36dedd4bea2543cdb2c3f7';

const runsOf = ({ region }: TestStack) =>
  Object.values(region.service('ssm').state.commands).filter(({ documentName }) => documentName === document);

/** The revision that each instance reports, by how often it ran the document. */
const revisionsOn = (stack: TestStack): string[] =>
  runsOf(stack).flatMap(({ invocations }) =>
    invocations.flatMap(({ outcome, status }) =>
      status === 'Success' ? [outcome?.output.split('\n')[0] ?? ''] : [],
    ),
  );

describe('Somebody pushes while the fleet is provisioned', () => {
  const minutes = Array.from({ length: 12 }, (_, index) => `${String(index + 1)}m`);

  test.each<[string, object, object]>([
    ['a branch', git, { source: git.git, ref: 'main' }],
    ['the tag of the version', { ...git, ref: '{version}' }, { source: git.git, ref: 'v2' }],
    [
      'an object in S3',
      { s3: 's3://acme-provisioning/api.tar.gz' },
      { source: 's3://acme-provisioning/api.tar.gz' },
    ],
    [
      'an archive of the version',
      { s3: 's3://acme-provisioning/{version}.zip' },
      { source: 's3://acme-provisioning/v2.zip' },
    ],
  ])('All instances get what the first one got: %s', async (_, source, push) => {
    const stack = await startTestStack({
      group: { instances: 6 },
      settings: { provisioning: { source, maxConcurrency: '1' } },
      cloud: { pushes: minutes.map((time) => ({ ...push, in: time })) },
    });
    const { outcome } = await stack.deploy();
    expect(outcome).toBe('Deployed');
    const revisions = revisionsOn(stack);
    expect(revisions).toHaveLength(6);
    expect(new Set(revisions).size).toBe(1);
    const record = await recordOf(stack);
    expect(revisions[0]).toBe(`forseti-source: ${record?.revision ?? ''}`);
    const asked = runsOf(stack).map(({ parameters }) => parameters['Revision']?.[0]);
    expect(asked).toEqual([undefined, record?.revision]);
    expect(refusedByIam(stack)).toEqual([]);
    // The next deployment takes what is there then.
    await stack.deploy({ application: 'api', version: 'v2' }, 'again');
    expect((await recordOf(stack, 'again'))?.revision).not.toBe(record?.revision);
  });

  test('If the first instance leaves the fleet, another one goes first', async () => {
    const stack = await startTestStack({
      group: { instances: 4 },
      settings: { provisioning: { source: git, maxConcurrency: '1' } },
      cloud: { pushes: minutes.map((time) => ({ source: git.git, in: time })) },
    });
    const arn = await stack.start({ application: 'api', version: 'v2' });
    await stack.cloud.runUntil(() => runsOf(stack).length === 1, 3_600_000);
    const [first = ''] = runsOf(stack)[0]?.invocations.map(({ instanceId }) => instanceId) ?? [];
    stack.region.service('ec2').terminate(first);
    const { outcome } = await stack.ended(arn);
    expect(outcome).toBe('Deployed');
    const runs = runsOf(stack).map(({ comment, invocations }) => [
      comment.replace('forseti deployment-1 ', ''),
      invocations.length,
    ]);
    expect(runs).toEqual([
      ['first', 1],
      ['first again', 1],
      ['rest', 2],
    ]);
    const revisions = revisionsOn(stack);
    expect([revisions.length, new Set(revisions).size]).toEqual([3, 1]);
    expect(serving(stack).map(({ software }) => software)).toEqual(serving(stack).map(() => 'v2'));
  });
});

describe('The commit that a tag named', () => {
  const pushTag = ({ region }: TestStack): void => {
    const {
      source,
      'detail-type': detailType,
      detail,
    } = JSON.parse(readFileSync('events/git-tag-pushed.json', 'utf8')) as {
      source: string;
      'detail-type': string;
      detail: Readonly<Record<string, unknown>>;
    };
    region.publish({ source, detailType, detail });
  };

  test('It goes into record, history, image, events and a variable, and is what the source is fetched by', async () => {
    const stack = await startTestStack({
      settings: { provisioning: { source: { ...git, ref: '{commit}' } } },
    });
    const events = ownEvents(stack);
    pushTag(stack);
    await stack.cloud.advance(60_000);
    const [arn = ''] = await stack.executionArns();
    const { outcome } = await stack.ended(arn);
    expect(outcome).toBe('Deployed');
    const [record] = await new Records(new Table(stack.dynamodb, 'forseti-production-deployments')).latest(
      'api',
      1,
    );
    expect(record).toMatchObject({ commit, revision: commit });
    const [first] = runsOf(stack);
    expect(first?.parameters['Reference']).toEqual([commit]);
    expect(JSON.parse(first?.parameters['ExtraVariables']?.[0] ?? '')).toEqual({ commit, version: 'v2' });
    const images = Object.values(stack.region.service('ec2').state.images);
    expect(images.find(({ id }) => id === record?.bakedImage)?.tags).toMatchObject({
      'forseti:commit': commit,
    });
    const told = events.filter(({ detail }) => detail['deployment'] === record?.deployment);
    expect(told.map(({ detail }) => detail['commit'])).toEqual(told.map(() => commit));
    expect(told.map(problemsOf)).toEqual(told.map(() => ''));
    const typed = commandLineOn(stack.session);
    expect((await typed('history', 'api')).out).toContain(`v2 ${commit.slice(0, 8)}`);
    expect((await typed('history', 'api', '--format', 'json')).out).toContain(`"commit": "${commit}"`);
    expect(refusedByIam(stack)).toEqual([]);
  });

  test('A person names it, with the tags of the playbook', async () => {
    const stack = await startTestStack({
      settings: { provisioning: { source: { ...git, ref: '{commit}' }, tags: ['all'], skipTags: ['slow'] } },
    });
    const typed = commandLineOn(stack.session);
    const refused = await typed('deploy', 'api', 'v2');
    expect([refused.code, refused.out]).toEqual([3, expect.stringMatching(/asks for \{commit\}/)]);
    const { code } = await typed('deploy', 'api', 'v2', '--commit', commit, '--tags', 'web,config');
    expect(code).toBe(0);
    expect(runsOf(stack).map(({ parameters }) => parameters)).toEqual([
      expect.objectContaining({ Reference: [commit], Tags: ['web,config'], SkipTags: ['slow'] }),
      expect.objectContaining({ Revision: [commit], Tags: ['web,config'], SkipTags: ['slow'] }),
    ]);
  });
});

test('Another document is given what its parameters ask for, and needs no source', async () => {
  const commands = [
    "/opt/deploy {application} {version} {commit} {deployment} '{extraVars}' --only {tags} ${version}",
  ];
  const stack = await startTestStack({
    settings: {
      provisioning: { document: 'AWS-RunShellScript', parameters: { commands }, extraVars: { workers: 8 } },
    },
  });
  const { outcome } = await stack.deploy({
    application: 'api',
    version: 'v2',
    commit,
    tags: ['web'],
    extraVars: { motto: `it's "$(reboot)"` },
  });
  expect(outcome).toBe('Deployed');
  const sent = Object.values(stack.region.service('ssm').state.commands).filter(
    ({ documentName }) => documentName === 'AWS-RunShellScript',
  );
  const line =
    `/opt/deploy api v2 ${commit} deployment-1 ` +
    `'{"workers":8,"motto":"it\\u0027s \\u0022\\u0024\\u0028reboot\\u0029\\u0022"}' --only web $\{version}`;
  expect(sent.map(({ parameters }) => parameters)).toEqual([{ commands: [line] }, { commands: [line] }]);
  expect(serving(stack).map(({ software }) => software)).toEqual(serving(stack).map(() => 'v2'));
});

test('A variable that looks like a template is refused for a document that is not ours', async () => {
  const stack = await startTestStack({
    settings: {
      provisioning: {
        document: 'AWS-RunShellScript',
        parameters: { commands: ["/opt/deploy '{extraVars}'"] },
      },
    },
  });
  const ended = await stack.deploy({
    application: 'api',
    version: 'v2',
    extraVars: { motto: '{{ssm:/secret}}' },
  });
  expect([ended.outcome, ended.end?.problems]).toEqual([
    'Rejected',
    [expect.stringMatching(/extraVars\.motto holds "\{\{"/)],
  ]);
});
