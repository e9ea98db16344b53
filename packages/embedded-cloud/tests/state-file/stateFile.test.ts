import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { types } from 'node:util';
import { openInWorker, type StoredCloud } from '../../src/state-file/client';
import type { StateFile } from '../../src/state-file/file';
import { openInThisThread } from '../../src/state-file/inProcess';
import { tinyFactory } from './tinyFactory';

const modules = join(dirname(createRequire(__filename).resolve('esbuild/package.json')), '..');
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acme-'));
  file = join(folder, 'deep', 'cloud.json');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = (build?: string, fresh?: { description?: unknown; seed?: number }) =>
  openInThisThread({ file, holder: 'a test', ...(fresh && { fresh }) }, tinyFactory(build));
const put = (cloud: StoredCloud, Name: string) =>
  cloud
    .connect()(SSMClient)
    .send(new PutParameterCommand({ Name, Value: 'v', Type: 'String' }));
const get = (cloud: StoredCloud, Name: string) =>
  cloud.connect()(SSMClient).send(new GetParameterCommand({ Name }));
const saved = () => JSON.parse(readFileSync(file, 'utf8')) as StateFile;
const dueOf = async (cloud: StoredCloud) => {
  const { regions } = await cloud.show();
  return (regions[cloud.home]?.ssm as { due: unknown[] }).due.length;
};

describe('A state file', () => {
  test('Is made where it is missing, and keeps what was done', async () => {
    const first = await open();
    await put(first, '/a');
    await first.close();
    const second = await open();
    expect((await get(second, '/a')).Parameter?.Value).toBe('v');
    await second.close();
  });

  test('Lets time stand still between commands', async () => {
    const cloud = await open();
    await put(cloud, '/a');
    const before = cloud.now();
    expect(await dueOf(cloud)).toBe(0);
    expect(cloud.now()).toBe(before);
    await cloud.advance(10 * 60_000);
    expect(cloud.now()).toBe(before + 10 * 60_000);
    expect(await dueOf(cloud)).toBe(1);
    await cloud.close();
  });

  test('Throws the SDK’s own exceptions, and leaves the caller’s timers real', async () => {
    const cloud = await open();
    const timer = globalThis.setTimeout;
    await expect(get(cloud, '/none')).rejects.toBeInstanceOf(ParameterNotFound);
    expect(globalThis.setTimeout).toBe(timer);
    await cloud.close();
  });

  test('Is the same whether it was saved in between or not', async () => {
    const run = async (isSaved: boolean) => {
      let cloud = await open('build-1', { seed: 9 });
      for (const name of ['/a', '/b', '/c']) {
        await put(cloud, name);
        await cloud.advance(300);
        if (!isSaved) continue;
        await cloud.close();
        cloud = await open();
      }
      await cloud.close();
      return saved().snapshot;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test('Replays its journal', async () => {
    const cloud = await open();
    const { snapshot } = saved();
    await put(cloud, '/a');
    const at = cloud.now();
    await cloud.close();
    const input = { Name: '/b', Value: 'v', Type: 'String' };
    const command = { kind: 'call', region: 'eu-west-1', service: 'ssm', action: 'PutParameter', input };
    const journal = [
      { at: snapshot.now, command: { ...command, input: { ...input, Name: '/a' } } },
      { at, command },
    ];
    writeFileSync(file, JSON.stringify({ ...saved(), snapshot, journal }));
    const replayed = await open();
    expect((await get(replayed, '/b')).Parameter?.Value).toBe('v');
    await replayed.close();
  });

  test('Tells who holds it, and takes over from a process that is gone', async () => {
    const cloud = await open();
    await expect(open()).rejects.toThrow(/is in use by "a test" \(process \d+/);
    await cloud.close();
    expect(existsSync(`${file}.lock`)).toBe(false);
    // No process has an id this high.
    writeFileSync(`${file}.lock`, JSON.stringify({ pid: 2 ** 22 + 1, holder: 'gone', since: '2026-11-22' }));
    await (await open()).close();
  });

  test('Refuses another build while something runs, and names the command that helps', async () => {
    await (await open('build-1')).close();
    await (await open('build-2')).close();
    expect(saved().buildHash).toBe('build-2');
    const state = saved();
    const region = state.snapshot.regions['eu-west-1'];
    const services = { ...region?.services, states: { executions: { a: { status: 'RUNNING' } } } };
    const snapshot = { ...state.snapshot, regions: { 'eu-west-1': { ...region, services } } };
    writeFileSync(file, JSON.stringify({ ...state, snapshot }));
    await expect(open('build-3')).rejects.toMatchObject({
      name: 'StateFileOutdated',
      message: expect.stringContaining('tool reset') as string,
    });
    await (await open('build-3', {})).close();
  });

  test('Begins its journal at the cloud that was updated for another build', async () => {
    const first = await open('build-1');
    await put(first, '/a');
    await first.close();
    const factory = tinyFactory('build-2');
    const second = await openInThisThread(
      { file, holder: 'a test' },
      {
        ...factory,
        restore: async (state, isOtherBuild) => {
          const cloud = await factory.restore(state, isOtherBuild);
          Object.assign(cloud.service('eu-west-1', 'ssm').state as object, {
            parameters: { '/updated': 'v' },
          });
          // Quiet only for the snapshot of the update.
          jest.spyOn(cloud, 'quiet').mockReturnValueOnce(true).mockReturnValue(false);
          return cloud;
        },
      },
    );
    await put(second, '/b');
    await second.close();
    const { buildHash, journal, snapshot } = saved();
    expect({ buildHash, commands: journal.length }).toEqual({ buildHash: 'build-2', commands: 1 });
    expect(snapshot.regions['eu-west-1']?.services.ssm).toMatchObject({ parameters: { '/updated': 'v' } });
  });

  test('Says what to do with a file that is none', async () => {
    await (await open()).close();
    writeFileSync(file, '{"format": 2}');
    await expect(open()).rejects.toMatchObject({
      name: 'StateFileBroken',
      message: expect.stringContaining('tool reset') as string,
    });
    writeFileSync(file, 'not JSON');
    await expect(open()).rejects.toMatchObject({ name: 'StateFileBroken' });
  });

  test('Is closed once, however often that is asked', async () => {
    const cloud = await open();
    await Promise.all([cloud.close(), cloud.close()]);
    await cloud.close();
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test('Is made anew from a description', async () => {
    const cloud = await open();
    await put(cloud, '/a');
    await cloud.reset({ region: 'us-east-1' }, 5);
    expect(cloud.home).toBe('us-east-1');
    await expect(get(cloud, '/a')).rejects.toBeInstanceOf(ParameterNotFound);
    await cloud.close();
    expect(saved()).toMatchObject({ seed: 5, description: { region: 'us-east-1' } });
  });
});

describe('The worker thread', () => {
  test('Runs the same cloud, while the main thread’s time goes on', async () => {
    const worker = join(folder, 'worker.cjs');
    // Not esbuild's own API, which never returns inside Jest.
    const options = [
      '--bundle',
      '--platform=node',
      '--target=node20',
      '--external:@aws-sdk/*',
      '--external:@smithy/*',
    ];
    const entry = join(__dirname, 'worker.ts');
    execFileSync(join(modules, '.bin/esbuild'), [
      entry,
      ...options,
      `--outfile=${worker}`,
      '--log-level=error',
    ]);
    symlinkSync(modules, join(folder, 'node_modules'));
    const cloud = await openInWorker({ file, holder: 'a test', worker, root: folder });
    await put(cloud, '/a');
    // Not `instanceof`: a value from another thread has the Date class of the process outside Jest.
    expect(types.isDate((await get(cloud, '/a')).Parameter?.LastModifiedDate)).toBe(true);
    await cloud.advance(2000);
    expect(await dueOf(cloud)).toBe(1);
    await expect(get(cloud, '/none')).rejects.toBeInstanceOf(ParameterNotFound);
    await cloud.close();
    const { snapshot } = saved();
    const inProcess = await open('build-1', {});
    await put(inProcess, '/a');
    await get(inProcess, '/a');
    await inProcess.advance(2000);
    await get(inProcess, '/none').catch(() => undefined);
    await inProcess.close();
    expect(saved().snapshot).toEqual(snapshot);
  });
});
