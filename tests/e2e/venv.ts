import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runWell } from './command';

/** pip uses the caller's own configuration of its registry. */
const call = (file: string, parameters: readonly string[], timeoutMs: number): Promise<string> =>
  runWell(file, parameters, { cwd: process.cwd(), environment: process.env, timeoutMs });

const candidates = ['python3.11', 'python3.12', 'python3.13', 'python3'];
const askVersion = 'import sys; assert sys.version_info >= (3, 11); print("%d.%d" % sys.version_info[:2])';

interface Interpreter {
  readonly file: string;
  readonly version: string;
}

const findPython = async (): Promise<Interpreter> => {
  for (const file of candidates) {
    const version = await call(file, ['-c', askVersion], 10_000).catch(() => undefined);
    if (version !== undefined) return { file, version };
  }
  throw new Error(`No Python 3.11 or later was found as ${candidates.join(', ')}: install one.`);
};

const lockPatienceMs = 240_000;

/**
 * Two runs at once must not both make the environment. A lock that is older than any installation belongs to a dead
 * run.
 */
const withLock = async <Answer>(folder: string, work: () => Promise<Answer>): Promise<Answer> => {
  const lock = `${folder}.lock`;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - since > lockPatienceMs) rmSync(lock, { recursive: true, force: true });
      await sleep(200);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
};

const install = async (folder: string, requirements: string, python: string): Promise<void> => {
  rmSync(folder, { recursive: true, force: true });
  await call(python, ['-m', 'venv', folder], 60_000);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  // All versions are pinned, also those of the dependencies, so there is nothing to resolve.
  const exactly = ['--no-deps', '--only-binary', ':all:', '--no-compile', '--requirement', requirements];
  await call(join(folder, 'bin', 'python'), [...pip, ...exactly], 200_000);
};

/**
 * A virtual environment with the packages of a requirements file. It is kept until the pins or Python's version
 * change.
 * @param folder its place; made, or made again if needed.
 * @returns the environment's interpreter.
 * @throws Error with pip's output.
 */
export const virtualEnvironment = async (folder: string, requirements: string): Promise<string> => {
  const python = await findPython();
  const wanted = createHash('sha256')
    .update(`${python.version}\n${readFileSync(requirements, 'utf8')}`)
    .digest('hex');
  const mark = join(folder, 'pins');
  const isReady = (): boolean => existsSync(mark) && readFileSync(mark, 'utf8') === wanted;
  mkdirSync(join(folder, '..'), { recursive: true });
  if (!isReady())
    await withLock(folder, async () => {
      if (isReady()) return;
      await install(folder, requirements, python.file);
      writeFileSync(mark, wanted);
    });
  return join(folder, 'bin', 'python');
};
