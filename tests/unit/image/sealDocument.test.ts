import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runDocument } from '../provisioning/script';

let root = '';
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const exists = (path: string) => existsSync(join(root, path));
const run = (Phase: string, paths: readonly string[] = ['/etc/shop']) =>
  runDocument('seal', root, { Phase, Paths: JSON.stringify(paths) }, { FORSETI_ROOT: root });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'forseti-seal-'));
  mkdirSync(join(root, 'run'));
  put('etc/ssh/ssh_host_ed25519_key', 'host key');
  put('etc/machine-id', '0123456789abcdef\n');
  put('etc/shop/database.yml', 'password: x');
  put('var/log/app/access.log', 'before\n');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('The seal document', () => {
  test('Sealing leaves no host key, machine id, log or listed path in the image', () => {
    const { status, stderr } = run('seal');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(exists('etc/ssh/ssh_host_ed25519_key')).toBe(false);
    expect(text('etc/machine-id')).toBe('');
    expect(exists('etc/shop')).toBe(false);
    expect(text('var/log/app/access.log')).toBe('');
  });

  test('Unsealing puts all of it back, and keeps what was logged meanwhile', () => {
    run('seal');
    put('var/log/app/access.log', 'meanwhile\n');
    const { status, stderr } = run('unseal');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(text('etc/ssh/ssh_host_ed25519_key')).toBe('host key');
    expect(text('etc/machine-id')).toBe('0123456789abcdef\n');
    expect(text('etc/shop/database.yml')).toBe('password: x');
    expect(text('var/log/app/access.log')).toBe('before\nmeanwhile\n');
    expect(exists('run/forseti-seal')).toBe(false);
  });

  test('Sealing needs no Python if no paths are listed', () => {
    const python = join(root, 'python3');
    writeFileSync(python, '#!/bin/bash\nexit 127\n', { mode: 0o755 });
    const { status, stderr } = runDocument(
      'seal',
      root,
      { Phase: 'seal', Paths: '[]' },
      { FORSETI_ROOT: root, PATH: `${root}:${process.env['PATH'] ?? ''}` },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('Sealing twice loses nothing', () => {
    run('seal');
    expect(run('seal').status).toBe(0);
    expect(run('unseal').status).toBe(0);
    expect(text('etc/shop/database.yml')).toBe('password: x');
    expect(text('etc/machine-id')).toBe('0123456789abcdef\n');
  });

  test('Unsealing after a reboot names the listed path that is lost', () => {
    run('seal');
    rmSync(join(root, 'run/forseti-seal'), { recursive: true });
    put('etc/ssh/ssh_host_ed25519_key', 'made anew');
    put('etc/machine-id', 'made anew\n');
    const { status, stderr } = run('unseal');
    expect(status).toBe(1);
    expect(stderr).toContain('lost when the instance was rebooted: /etc/shop');
  });

  test('Unsealing after a reboot succeeds if no path was listed', () => {
    run('seal', []);
    rmSync(join(root, 'run/forseti-seal'), { recursive: true });
    put('etc/ssh/ssh_host_ed25519_key', 'made anew');
    put('etc/machine-id', 'made anew\n');
    expect(run('unseal', []).status).toBe(0);
    expect(text('etc/machine-id')).toBe('made anew\n');
  });

  test.each(['/', '/etc/../..', 'etc'])('Sealing refuses the path %s and removes nothing', (path) => {
    expect(run('seal', [path]).status).toBe(1);
    expect(exists('etc/ssh/ssh_host_ed25519_key')).toBe(true);
  });
});
