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

const run = (
  parameters: Readonly<Record<string, string>>,
  status = '0',
  environment: Readonly<Record<string, string>> = {},
) =>
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
      ...environment,
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

  describe('A source that changes between two instances', () => {
    const repository = () => join(folder, 'repository');
    const git = (...words: string[]) =>
      spawnSync(
        'git',
        ['-C', repository(), '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words],
        {
          encoding: 'utf8',
        },
      ).stdout.trim();
    const commit = (text: string): string => {
      writeFileSync(join(repository(), 'site.yml'), text);
      git('add', '.');
      git('commit', '--quiet', '-m', text);
      return git('rev-parse', 'HEAD');
    };
    const fromGit = (Revision: string, environment: Readonly<Record<string, string>> = {}) =>
      run({ Source: `file://${repository()}`, Reference: 'main', Revision }, '0', environment);
    beforeEach(() => {
      mkdirSync(repository());
      git('init', '--quiet', '--initial-branch=main');
    });

    /** By protocol version 0 a server sends no commit that no branch or tag names (git-config, uploadpack). */
    const oldServer = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'protocol.version',
      GIT_CONFIG_VALUE_0: '0',
    };

    test.each<[string, Readonly<Record<string, string>>]>([
      ['as servers do today', {}],
      ['as servers do that send no commit by its id', oldServer],
    ])('The commit of the first instance is fetched although somebody pushed, %s', (_, environment) => {
      const first = commit('- hosts: first\n');
      expect(fromGit('').stdout.split('\n')[0]).toBe(`forseti-source: ${first}`);
      commit('- hosts: second\n');
      const { status, stdout } = fromGit(first, environment);
      expect([status, stdout.split('\n')[0]]).toEqual([0, `forseti-source: ${first}`]);
      expect(seen('playbook')).toBe('- hosts: first\n');
    });

    test('A tag that names itself and a commit is reported as the commit', () => {
      const first = commit('- hosts: first\n');
      git('tag', '-a', 'v1', '-m', 'v1');
      const { stdout } = run({ Source: `file://${repository()}`, Reference: 'v1' });
      expect(stdout.split('\n')[0]).toBe(`forseti-source: ${first}`);
    });

    test('A commit that is gone is told, and nothing is run in its place', () => {
      commit('- hosts: first\n');
      const { status, stderr } = fromGit('0'.repeat(40));
      expect([status, stderr]).toEqual([1, expect.stringContaining('is not in file://')]);
      expect(existsSync(join(folder, 'seen', 'playbook'))).toBe(false);
    });

    /** A bucket with two versions of the archive, the second with another playbook. */
    const bucket = (more = '') => {
      mkdirSync(join(folder, 'versions'));
      for (const name of ['one', 'two']) {
        writeFileSync(join(folder, 'content', 'site.yml'), `- hosts: ${name}\n`);
        spawnSync('tar', ['-czf', join(folder, 'versions', name), '-C', join(folder, 'content'), '.']);
      }
      writeFileSync(
        join(folder, 'object'),
        `printf '%s\\n' "$*" >> "$SEEN/objects"
wanted=$(cat "$SEEN/../now"); version=$wanted
${more}
case "$*" in
  *--version-id*) wanted=$(printf '%s' "$*" | sed 's/.*--version-id \\([^ ]*\\).*/\\1/') ;;
  *--if-match*) case "$*" in *"\\"etag-$wanted\\""*) ;; *) echo PreconditionFailed >&2; exit 254 ;; esac ;;
esac
cp "$SEEN/../versions/$wanted" "\${@: -1}"
printf '"etag-%s"\\t%s\\n' "$wanted" "\${VERSIONED:-$wanted}"`,
      );
    };
    const now = (name: string) => {
      writeFileSync(join(folder, 'now'), name);
    };
    const denied = 'case "$*" in *--version-id*) echo AccessDenied >&2; exit 254 ;; esac';

    test('The version of the object that the first instance got is fetched although there is a newer one', () => {
      bucket();
      now('one');
      expect(run({}).stdout.split('\n')[0]).toBe('forseti-source: etag-one one');
      now('two');
      const { status, stdout } = run({ Revision: 'etag-one one' });
      expect([status, stdout.split('\n')[0]]).toEqual([0, 'forseti-source: etag-one one']);
      expect(seen('playbook')).toBe('- hosts: one\n');
      expect(seen('objects')).toContain('--bucket acme-deploy --key shop.tar.gz --version-id one');
    });

    test.each(['None', 'null'])(
      'A bucket that keeps no versions (%s) is asked for the same object',
      (version) => {
        bucket();
        now('one');
        expect(run({}, '0', { VERSIONED: version }).stdout.split('\n')[0]).toBe(
          'forseti-source: etag-one none',
        );
        expect(run({ Revision: 'etag-one none' }, '0', { VERSIONED: version }).status).toBe(0);
        now('two');
        const { status, stderr } = run({ Revision: 'etag-one none' }, '0', { VERSIONED: version });
        expect([status, stderr]).toEqual([
          1,
          expect.stringContaining(
            "is not what the deployment's first instance got (ETag etag-one, version none)",
          ),
        ]);
      },
    );

    test('An instance that may not read versions takes the object only if it is still the same', () => {
      bucket(denied);
      now('one');
      expect(run({ Revision: 'etag-one one' }).status).toBe(0);
      now('two');
      expect(run({ Revision: 'etag-one one' }).status).toBe(1);
    });
  });

  test('Ansible is given the tags that are run, and those that are left out', () => {
    run({});
    expect(seen('arguments')).not.toContain('tags');
    run({ Tags: 'web,app:config', SkipTags: 'slow' });
    expect(seen('arguments')).toContain('--tags\nweb,app:config\n--skip-tags\nslow\n./site.yml');
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
