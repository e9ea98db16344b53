import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { sessionOnCloud } from '../../cli/session/cloudSession';
import { readPolicy, roleWith } from './support/judged';
import { minuteMs } from './support/acts';
import { runInShell, type StubbedShell } from './support/stubbedShell';
import { startTestStack, type TestStack } from './support/testStack';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly shell?: string;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
interface Workflow {
  readonly on: object;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const read = <Shape>(file: string): Shape => parse(readFileSync(file, 'utf8')) as Shape;
const action = read<Action>('action.yml');
const workflows = readdirSync('examples/ci')
  .filter((name) => name.startsWith('github-'))
  .map((name) => [name, read<Workflow>(join('examples/ci', name))] as const);

const commit = '8f14e45fceea167a5a36dedd4bea2543cdb2c3f7';
/** GitHub's context, as far as the files use it. */
const github: Readonly<Record<string, string>> = {
  'github.ref_name': 'v2',
  'github.sha': commit,
  'github.actor': 'dana',
  'github.run_id': '4711',
  'github.run_attempt': '1',
  'github.repository': 'acme/api',
};

/** Fills in GitHub's expressions, each of which must be known. */
const filled = (text: string, context: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_all, name: string) => {
    const value = context[name];
    if (value === undefined) throw new Error(`Nothing gives ${name}.`);
    return value;
  });

/** A shell that has the permissions of examples/iam/ci.json, and no more. */
const asCi = (stack: TestStack): Pick<StubbedShell, 'session'> => {
  const caller = roleWith(stack, 'ci', [readPolicy('examples/iam/ci.json')]);
  return { session: sessionOnCloud(stack.cloud, undefined, caller) };
};

/** Runs the action as GitHub does: inputs with their defaults, the environment of the step, files for summary and outputs. */
const runAction = async (
  stack: TestStack,
  inputs: Readonly<Record<string, string>>,
  more: Partial<StubbedShell> = {},
) => {
  const folder = mkdtempSync(join(tmpdir(), 'forseti-action-'));
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: usual = '' }]) => [
      `inputs.${name}`,
      inputs[name] ?? filled(usual, github),
    ]),
  );
  const [step] = action.runs.steps;
  const env = Object.fromEntries(
    Object.entries(step?.env ?? {}).map(([name, value]) => [name, filled(value, { ...github, ...given })]),
  );
  const files = { GITHUB_STEP_SUMMARY: join(folder, 'summary'), GITHUB_OUTPUT: join(folder, 'output') };
  const end = await runInShell(step?.run ?? '', {
    ...asCi(stack),
    ...more,
    env: { ...env, ...files, GITHUB_ACTION_PATH: process.cwd(), ...more.env },
  });
  const text = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return { ...end, summary: text(files.GITHUB_STEP_SUMMARY), output: text(files.GITHUB_OUTPUT) };
};

/** A fleet whose deployment takes few polls. */
const quick = { group: { instances: 2 }, settings: { rollout: { strategy: 'none' } } };
const api = { application: 'api', region: 'eu-west-1' };

test('The action deploys the tag that the workflow runs for, waits, and tells it on the page of the job', async () => {
  const stack = await startTestStack(quick);
  const { code, out, error, summary, output, calls } = await runAction(stack, api);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toContain('api v2: Deployed');
  expect(summary).toMatch(
    /^### api v2: Deployed\n\n\[The execution\]\(https:\/\/eu-west-1\.console.*took about \d+ minutes/,
  );
  expect(output).toMatch(
    /^outcome=Deployed\nexecution=arn:aws:states:eu-west-1:\d+:execution:forseti-production-deploy:api-v2-4711-1\n$/,
  );
  expect(new Set(calls)).toEqual(
    new Set(['sts get-caller-identity', 'stepfunctions start-execution', 'stepfunctions describe-execution']),
  );
  const [execution = ''] = await stack.executionArns();
  const { input } = stack.region.service('states').state.executions[execution] ?? {};
  expect(JSON.parse(String(input))).toMatchObject({
    application: 'api',
    version: 'v2',
    commit,
    requestedBy: 'dana by GitHub Actions',
  });
});

test('A deployment that is rejected ends with 3, and the page says why', async () => {
  const stack = await startTestStack({ group: { instances: 2, zones: ['eu-west-1a'] } });
  const { code, summary, output } = await runAction(stack, api);
  expect(code).toBe(3);
  expect(output).toContain('outcome=Rejected');
  expect(summary).toMatch(/\n {4}.*zone/);
});

test('Where the answer that says how it ended gets lost, it is asked again', async () => {
  const stack = await startTestStack({ group: { instances: 2, zones: ['eu-west-1a'] } });
  let lost = 0;
  const onCall = (words: readonly string[]) => {
    if (words.includes('error') && (lost += 1) === 1) throw new Error('Connection reset');
    return undefined;
  };
  const { code, output } = await runAction(stack, api, { onCall });
  expect({ code, lost }).toEqual({ code: 3, lost: 2 });
  expect(output).toContain('outcome=Rejected');
});

test('Without jq the page shows the cause as it is', async () => {
  const stack = await startTestStack({ group: { instances: 2, zones: ['eu-west-1a'] } });
  const folder = mkdtempSync(join(tmpdir(), 'forseti-tools-'));
  for (const tool of ['bash', 'env', 'date', 'sed'])
    symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(folder, tool));
  const { code, summary } = await runAction(stack, api, { path: folder });
  expect(code).toBe(3);
  expect(summary).toMatch(/\n {4}\{"outcome":"Rejected".*zone/);
});

test('While another deployment runs it ends with 6', async () => {
  const stack = await startTestStack(quick);
  await stack.start({ application: 'api', version: 'v1.9' });
  await stack.cloud.advance(5 * minuteMs);
  const { code } = await runAction(stack, { ...api, concurrency: 'reject' });
  expect(code).toBe(6);
});

test('A deployment that somebody stops ends as its repair does, and lost answers end nothing', async () => {
  const stack = await startTestStack(quick);
  let described = 0;
  const onCall = async (words: readonly string[]) => {
    if (!words.includes('describe-execution')) return undefined;
    described += 1;
    if (described === 2) throw new Error('Connection reset');
    const [arn = ''] = await stack.executionArns();
    if (described === 12) await stack.stop(arn);
    return undefined;
  };
  const { code, output, error } = await runAction(stack, api, { onCall });
  expect(code).toBe(4);
  expect(output).toContain('outcome=RolledBack');
  expect(error).toBe('Error: Connection reset\n');
});

test('After its time it ends with 1, and the deployment goes on', async () => {
  const stack = await startTestStack(quick);
  const { code, out } = await runAction(stack, { ...api, 'timeout-minutes': '2' });
  expect(code).toBe(1);
  expect(out).toContain('Not ended (RUNNING); it goes on');
  const [arn = ''] = await stack.executionArns();
  expect((await stack.ended(arn)).outcome).toBe('Deployed');
});

test.each([
  ['version', 'v2"; touch /tmp/forseti-was-here; "'],
  ['version', '$(touch /tmp/forseti-was-here)'],
  ['application', 'api","despiteFreeze":"x'],
  ['application', 'api\nx'],
  ['stage', '`id`'],
  ['region', 'eu-west-1/..'],
])('The input %s = %j runs nothing and starts nothing', async (name, value) => {
  const stack = await startTestStack();
  const { code, error, calls } = await runAction(stack, { ...api, [name]: value });
  expect({ code, calls }).toEqual({ code: 2, calls: [] });
  expect(error).toContain('expected one such as');
  expect(existsSync('/tmp/forseti-was-here')).toBe(false);
});

test('The same run starts one deployment, however often its job is sent', async () => {
  const stack = await startTestStack(quick);
  await runAction(stack, { ...api, 'timeout-minutes': '1' });
  const again = await runAction(stack, api);
  expect(again.code).toBe(0);
  expect(await stack.executionArns()).toHaveLength(1);
});

test('No script of the action or of a workflow holds an expression, and each action is pinned to a commit', () => {
  const steps = [
    ...action.runs.steps,
    ...workflows.flatMap(([, { jobs }]) => Object.values(jobs).flatMap((job) => job.steps)),
  ];
  expect(steps.length).toBeGreaterThan(4);
  expect(steps.flatMap(({ run = '' }) => run.match(/\$\{\{/g) ?? [])).toEqual([]);
  for (const { uses } of steps)
    if (uses !== undefined && uses !== 'OWNER/forseti@COMMIT')
      expect(uses).toMatch(/^(actions|aws-actions)\/[\w-]+@[0-9a-f]{40}$/);
  expect(action.runs.steps.filter(({ uses }) => uses !== undefined)).toEqual([]);
});

test('The workflow gives the action inputs that it has, and all that it needs', () => {
  const [, workflow] = workflows.find(([name]) => name === 'github-actions.yml') ?? [];
  const step = Object.values(workflow?.jobs ?? {})
    .flatMap(({ steps }) => steps)
    .find(({ uses }) => uses?.startsWith('OWNER/forseti'));
  const given = Object.keys(step?.with ?? {});
  expect(given.filter((name) => !(name in action.inputs))).toEqual([]);
  const needed = Object.entries(action.inputs).filter(([, { required }]) => required === true);
  expect(needed.filter(([name]) => !given.includes(name))).toEqual([]);
  expect(workflow?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
});

test('The announcement of a tag deploys it, and is the only event that the script can send', async () => {
  const [, workflow] = workflows.find(([name]) => name === 'github-announce.yml') ?? [];
  const step = Object.values(workflow?.jobs ?? {})
    .flatMap(({ steps }) => steps)
    .find(({ run }) => run !== undefined);
  const env = Object.fromEntries(
    Object.entries(step?.env ?? {}).map(([name, value]) => [name, filled(value, github)]),
  );
  const stack = await startTestStack(quick);
  const { code, out, error } = await runInShell(step?.run ?? '', { ...asCi(stack), env });
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toBe('Announced v2 of acme/api.\n');
  await stack.cloud.advance(2 * minuteMs);
  const [arn = ''] = await stack.executionArns();
  expect((await stack.ended(arn)).outcome).toBe('Deployed');
  const wrong = await runInShell(step?.run ?? '', {
    ...asCi(stack),
    env: { ...env, FORSETI_REPOSITORY: 'acme/api","x":"' },
  });
  expect(wrong.code).toBe(2);
});

test('The announcement of docs/ci.md can be run as it is written', async () => {
  const [, command = ''] =
    /```sh\n(AWS_REGION=[^`]*announce\.sh)\n```/.exec(readFileSync('docs/ci.md', 'utf8')) ?? [];
  const stack = await startTestStack(quick);
  const { code, out } = await runInShell(command, { ...asCi(stack), env: {} });
  expect({ code, out }).toEqual({ code: 0, out: 'Announced v1.4.2 of acme/api.\n' });
});

test("GitLab's job assumes the role, deploys and ends as the deployment does", async () => {
  const { deploy } = read<{
    deploy: { variables: Record<string, string>; script: readonly string[]; id_tokens: object };
  }>('examples/ci/gitlab-ci.yml');
  const stack = await startTestStack(quick);
  const assumed: (readonly string[])[] = [];
  const { code, out, error } = await runInShell(deploy.script.join('\n'), {
    ...asCi(stack),
    env: {
      ...deploy.variables,
      AWS_TOKEN: 'token',
      CI_PIPELINE_ID: '17',
      CI_JOB_ID: '18',
      CI_COMMIT_TAG: 'v2',
      CI_COMMIT_SHA: commit,
      GITLAB_USER_LOGIN: 'dana',
    },
    onCall: (words) => {
      if (!words.includes('assume-role-with-web-identity')) return undefined;
      assumed.push(words);
      return 'KEY\tSECRET\tSESSION\n';
    },
  });
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toContain('api v2: Deployed');
  expect(assumed).toHaveLength(1);
  expect(assumed[0]).toEqual(expect.arrayContaining([deploy.variables.ROLE, 'gitlab-17', 'token', '7200']));
});

test('The scripts can be run', () => {
  for (const name of readdirSync('examples/ci').filter((one) => one.endsWith('.sh')))
    expect(statSync(join('examples/ci', name)).mode & 0o111).toBe(0o111);
});
