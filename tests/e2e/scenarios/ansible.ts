import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ListCommandsCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ansibleParameters } from '../../../lib/provisioning/applyAnsiblePlaybooks';
import { run, runWell } from '../command';
import { regions, type World } from '../world';
import type { Scenario } from './index';

interface DocumentContent {
  readonly parameters: Readonly<
    Record<string, { readonly default?: string; readonly allowedPattern?: string }>
  >;
  readonly mainSteps: readonly { readonly inputs: { readonly runCommand: readonly string[] } }[];
}

const documentOf = ({ template }: World, name: string): DocumentContent => {
  const found = Object.values(template.Resources).find(({ Properties }) => Properties?.Name === name);
  return found?.Properties?.Content as DocumentContent;
};

const provisionName = 'forseti-production-provision';
/** The environment for Ansible's own commands. */
const shell = ({ environment, python, scratch }: World): NodeJS.ProcessEnv => ({
  ...environment,
  HOME: scratch,
  PATH: `${join(scratch, 'bin')}:${dirname(python)}:${process.env.PATH ?? ''}`,
  ANSIBLE_LOCAL_TEMP: join(scratch, 'ansible'),
  ANSIBLE_NOCOLOR: '1',
  ANSIBLE_PYTHON_INTERPRETER: python,
  AWS_DEFAULT_REGION: regions.home,
});

const ansible = (world: World, ...parameters: readonly string[]) =>
  runWell(
    join(dirname(world.python), 'ansible-playbook'),
    ['--inventory', 'localhost,', '--connection', 'local', ...parameters],
    {
      cwd: join(world.root, 'examples', 'provisioning'),
      environment: shell(world),
      timeoutMs: 60_000,
    },
  );

/** Runs the document's script as the agent would, with its parameters in the environment. */
const runDocument = async (world: World, parameters: Readonly<Record<string, string>>) => {
  const { parameters: declared, mainSteps } = documentOf(world, provisionName);
  const values = Object.entries(declared).map(([name, { default: value = '' }]) => [
    `SSM_${name}`,
    parameters[name] ?? value,
  ]);
  const script = join(world.scratch, 'provision.sh');
  writeFileSync(script, mainSteps[0]?.inputs.runCommand.join('\n') ?? '');
  return run('bash', [script], {
    cwd: world.scratch,
    environment: { ...shell(world), ...(Object.fromEntries(values) as Record<string, string>) },
    timeoutMs: 90_000,
  });
};

/**
 * Prepares the source in the stack's own bucket on MiniStack, an `aws` that reads it, and a secret in Parameter Store.
 */
const prepare = async (world: World): Promise<void> => {
  const bin = join(world.scratch, 'bin');
  mkdirSync(bin, { recursive: true });
  const command = `exec '${world.python}' '${join(world.root, 'tests', 'e2e', 'aws_command.py')}' "$@"`;
  writeFileSync(join(bin, 'aws'), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  const archive = join(world.scratch, 'playbooks.tar.gz');
  await runWell(
    'tar',
    ['--create', '--gzip', '--file', archive, '--directory', 'examples/provisioning', '.'],
    {
      cwd: world.root,
      environment: world.environment,
      timeoutMs: 20_000,
    },
  );
  const put = [
    'import sys, botocore.session',
    's3 = botocore.session.get_session().create_client("s3")',
    's3.create_bucket(Bucket="tickets-ansible", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})',
    's3.put_object(Bucket="tickets-ansible", Key="playbooks.tar.gz", Body=open(sys.argv[1], "rb").read())',
  ].join('\n');
  await runWell(world.python, ['-c', put, archive], {
    cwd: world.scratch,
    environment: shell(world),
    timeoutMs: 20_000,
  });
  await world.connect(SSMClient).send(
    new PutParameterCommand({
      Name: '/api/database-password',
      Type: 'SecureString',
      Value: 'a "quoted" $ecret',
    }),
  );
};

const provisionsForReal = async (world: World): Promise<void> => {
  await prepare(world);
  const base = join(world.scratch, 'srv');
  const { code, stdout, stderr } = await runDocument(world, {
    Source: 's3://tickets-ansible/playbooks.tar.gz',
    Version: 'v7',
    ExtraVariables: JSON.stringify({ app: 'api', workers: 8, base, version: 'v7' }),
    Secrets: JSON.stringify({ database_password: '/api/database-password' }),
  });
  assert.equal(code, 0, stdout + stderr);
  const settings = JSON.parse(readFileSync(join(base, 'api', 'settings.json'), 'utf8')) as unknown;
  assert.deepEqual(settings, { workers: 8, version: 'v7', database_password: 'a "quoted" $ecret' });
  assert.equal(readlinkSync(join(base, 'api', 'current')), 'v7');
  assert.match(readFileSync(join(base, 'sites', 'api.conf'), 'utf8'), /root .*\/api\/current/);
  assert.doesNotMatch(stdout + stderr, /\$ecret/, 'the secret stands in the output');
};

/** Compares what Provision sent with the parameters of the deployed document. */
const sentParametersFit = async (world: World): Promise<void> => {
  const { Commands: commands = [] } = await world.connect(SSMClient).send(new ListCommandsCommand({}));
  const sent = commands.filter(({ DocumentName }) => DocumentName === provisionName);
  assert.ok(sent.length >= 2, 'commands were sent');
  const { parameters: declared } = documentOf(world, provisionName);
  const required = Object.keys(declared).filter((name) => declared[name]?.default === undefined);
  for (const { Parameters: given = {} } of sent) {
    for (const name of required) assert.ok(name in given, `${name} is required`);
    for (const [name, [value = '']] of Object.entries(given)) {
      const parameter = declared[name];
      assert.ok(parameter, `the document knows no parameter ${name}`);
      if (parameter.allowedPattern !== undefined) assert.match(value, new RegExp(parameter.allowedPattern));
    }
  }
};

/**
 * The parameters of AWS's document, and the values that they take if it lists them: Systems Manager User Guide,
 * "Creating associations that run Ansible playbooks" (systems-manager-state-manager-ansible.html), and `aws ssm
 * get-document --name AWS-ApplyAnsiblePlaybooks`. No emulator has it.
 */
const published: Readonly<Record<string, RegExp>> = {
  SourceType: /^(GitHub|S3)$/,
  SourceInfo: /^\{.*\}$/,
  InstallDependencies: /^(True|False)$/,
  PlaybookFile: /^[(a-z_A-Z0-9\-.)/]+(\.yml|\.yaml)$/,
  ExtraVariables: /^$|^\w+=[^\s|:();&]+(\s\w+=[^\s|:();&]+)*$/,
  Check: /^(True|False)$/,
  Verbose: /^-v{1,4}$/,
  TimeoutSeconds: /^\d+$/,
};

const publishedParametersFit = (): void => {
  const { parameters, problems } = ansibleParameters({
    provisioning: {
      source: { s3: 's3://tickets-ansible/playbooks.zip' },
      playbook: 'site.yml',
      secrets: {},
      timeoutMinutes: 30,
    },
    extraVars: { app: 'api', workers: 8 },
    version: 'v7',
    tags: [],
    skipTags: [],
    region: regions.home,
  } as unknown as Parameters<typeof ansibleParameters>[0]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    Object.keys(parameters).filter((name) => !(name in published)),
    [],
  );
  for (const [name, [value = '']] of Object.entries(parameters))
    assert.match(value, published[name] ?? /^$/, name);
};

export const ansibleForReal: Scenario = {
  name: 'ansible',
  title: 'Ansible',
  run: async (world, checks) => {
    await checks.check('the example playbooks pass ansible-playbook --syntax-check', async () => {
      await ansible(world, '--syntax-check', '--extra-vars', 'app=api', 'site.yml');
      await ansible(world, '--syntax-check', 'development.yml');
    });
    await checks.check(
      "our document's script runs the example's roles with ansible-core, secrets and all",
      () => provisionsForReal(world),
    );
    await checks.check(
      "the same roles set up a developer's machine, and a second run changes nothing",
      async () => {
        const base = ['--extra-vars', `base=${join(world.scratch, 'development')}`, 'development.yml'];
        await ansible(world, ...base);
        assert.match(await ansible(world, ...base), /changed=0 .*failed=0/);
      },
    );
    await checks.check('the parameters that were sent are those of our document', () =>
      sentParametersFit(world),
    );
    await checks.check('those for AWS-ApplyAnsiblePlaybooks are those that it takes', publishedParametersFit);
  },
};
