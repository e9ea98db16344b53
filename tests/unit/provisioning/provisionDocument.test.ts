import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDocument, runDocument } from './script';

let folder = '';
const program = (name: string, text: string) => {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/bash\n${text}`);
  chmodSync(path, 0o755);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forseti-document-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'seen'));
  program(
    'ansible-playbook',
    `printf '%s\\n' "$@" > "$SEEN/arguments"
for argument in "$@"; do case "$argument" in @*) cp "\${argument#@}" "$SEEN/" ;; esac; done
cat site.yml > "$SEEN/playbook"
umask > "$SEEN/umask"
echo "PLAY RECAP"; exit "$ANSIBLE_STATUS"`,
  );
  program(
    'aws',
    `printf '%s\\n' "$*" >> "$SEEN/aws"
case "$1 $2" in
  's3api get-object') source "$SEEN/../object" ;;
  'ssm get-parameter') printf '{"Parameter":{"Value":"s3cr$et \\\\"quoted\\\\""}}' ;;
esac`,
  );
  writeFileSync(
    join(folder, 'object'),
    `cp "$ARCHIVE" "\${@: -1}"; printf '"%s"\\t%s\\n' "$(cksum < "$ARCHIVE" | cut -d' ' -f1)" None\n`,
  );
  const content = join(folder, 'content');
  mkdirSync(content);
  writeFileSync(join(content, 'site.yml'), '- hosts: all\n');
  spawnSync('tar', ['-czf', join(folder, 'archive.tar.gz'), '-C', content, '.']);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (parameters: Readonly<Record<string, string>>, status = '0') =>
  runDocument(
    'provision',
    folder,
    {
      Source: 's3://acme-deploy/shop.tar.gz',
      Playbook: 'site.yml',
      Version: 'v2.0.0',
      ExtraVariables: '{}',
      Secrets: '{}',
      ...parameters,
    },
    {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      SEEN: join(folder, 'seen'),
      ARCHIVE: join(folder, 'archive.tar.gz'),
      ANSIBLE_STATUS: status,
    },
  );
const seen = (name: string) => readFileSync(join(folder, 'seen', name), 'utf8');

describe('The provisioning document', () => {
  test('Values that a shell would run reach Ansible as they are', () => {
    const hostile = {
      version: 'v2.0.0',
      motto: `'; touch ${join(folder, 'broken')}; echo "$(id)" \`id\` {{ lookup }} \\ \n end`,
    };
    const { status, stderr } = run({ ExtraVariables: JSON.stringify(hostile) });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(seen('variables.json'))).toEqual(hostile);
    expect(existsSync(join(folder, 'broken'))).toBe(false);
    expect(seen('arguments')).not.toContain('touch');
  });

  test('Secrets are read on the instance, and neither printed nor put into arguments', () => {
    const { stdout, stderr } = run({ Secrets: '{"database_password":"/shop/database-password"}' });
    expect(stderr).toBe('');
    expect(JSON.parse(seen('secrets.json'))).toEqual({ database_password: 's3cr$et "quoted"' });
    expect(stdout + stderr + seen('arguments')).not.toContain('s3cr');
    expect(seen('aws')).toContain('ssm get-parameter --with-decryption --name /shop/database-password');
  });

  test('The playbook runs on the instance itself, with no inventory but localhost', () => {
    run({});
    expect(seen('arguments').split('\n').slice(0, 4)).toEqual([
      '--connection',
      'local',
      '--inventory',
      'localhost,',
    ]);
    expect(seen('arguments')).toContain('./site.yml');
  });

  test('If Ansible fails, the end of the output is on stderr', () => {
    const { status, stderr } = run({}, '4');
    expect(status).toBe(1);
    expect(stderr).toContain('PLAY RECAP');
    expect(stderr).toContain('ansible-playbook ended with 4');
  });

  test('A commit of a Git repository is fetched', () => {
    const repository = join(folder, 'repository');
    const git = (...words: string[]) => spawnSync('git', ['-C', repository, ...words], { encoding: 'utf8' });
    mkdirSync(repository);
    git('init', '--quiet', '--initial-branch=main');
    writeFileSync(join(repository, 'site.yml'), '- hosts: git\n');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'one');
    const { status, stderr } = run({ Source: `file://${repository}`, Reference: 'main' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(seen('playbook')).toBe('- hosts: git\n');
  });

  test('The playbook creates files with the mask that the agent has', () => {
    const mask = spawnSync('bash', ['-c', 'umask'], { encoding: 'utf8' }).stdout;
    run({});
    expect(seen('umask')).toBe(mask);
  });

  test('A new agent is recognised by its variable, however much is in the environment', () => {
    const large = JSON.stringify({ text: 'x'.repeat(100_000) });
    const ended = Array.from({ length: 10 }, () => run({ ExtraVariables: large }));
    expect(ended.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
      ended.map(() => ({ status: 0, stderr: '' })),
    );
  });

  test.each([
    ['a playbook outside of the source', { Playbook: '../site.yml' }, 'leaves its source'],
    ['a playbook that is not there', { Playbook: 'other.yml' }, 'there is no playbook other.yml'],
  ])('The document refuses %s', (_, parameters, message) => {
    const { status, stderr } = run(parameters);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });

  test('Every parameter but the time-out is kept away from the shell', () => {
    const { parameters } = readDocument('provision');
    const pasted = Object.keys(parameters).filter(
      (name) => parameters[name]?.interpolationType !== 'ENV_VAR',
    );
    expect(pasted).toEqual(['TimeoutSeconds']);
  });

  test.each(['provision', 'seal'])(
    'The document %s has nothing that the Serverless Framework would take for a variable',
    (name) => {
      expect(JSON.stringify(readDocument(name))).not.toContain('${');
    },
  );
});
