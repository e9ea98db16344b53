import { Worker } from 'node:worker_threads';
import type { Session } from '../../../cli/session/session';
import { parseAws, runAws } from './awsCli';
import { commandLineOn } from './commandLine';

/** How a script ended, and each call of the AWS CLI that it made. */
export interface ScriptEnd {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  readonly calls: readonly string[];
}

export interface StubbedShell {
  readonly session: Session;
  readonly env: Readonly<Record<string, string>>;
  /** Where programs are found besides the stubs; as here unless given. */
  readonly path?: string;
  /** Called before each call of the AWS CLI; what it returns is printed instead of making it. */
  readonly onCall?: (words: readonly string[]) => Promise<string | undefined> | string | undefined;
}

/**
 * Runs bash in a thread, since the embedded cloud takes a process or a socket of its own thread for one of a function. The
 * stubs hand their words over a socket, and end as they are told.
 */
const thread = `
const { parentPort, workerData } = require('node:worker_threads');
const { spawn } = require('node:child_process');
const { chmodSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const folder = mkdtempSync(join(tmpdir(), 'forseti-shell-'));
const path = join(folder, 'socket');
const stub = (name) => \`#!\${process.execPath}
const socket = require('node:net').connect(\${JSON.stringify(path)});
let text = '';
socket.on('data', (data) => (text += data));
socket.on('end', () => {
  const { code, output, error } = JSON.parse(text);
  process.stdout.write(output);
  process.stderr.write(error);
  process.exitCode = code;
});
socket.write(JSON.stringify([\${JSON.stringify(name)}, ...process.argv.slice(2)]) + '\\\\n');
\`;
const waiting = new Map();
let calls = 0;
parentPort.on('message', ({ id, answer }) => {
  waiting.get(id).end(JSON.stringify(answer));
  waiting.delete(id);
});
const server = createServer((connection) =>
  connection.once('data', (data) => {
    waiting.set((calls += 1), connection);
    parentPort.postMessage({ id: calls, words: JSON.parse(data.toString()) });
  }),
);
server.listen(path, () => {
  for (const name of ['aws', 'sleep', 'npx']) {
    writeFileSync(join(folder, name), stub(name));
    chmodSync(join(folder, name), 0o755);
  }
  const child = spawn('bash', ['--norc', '-e', '-o', 'pipefail', '-c', workerData.text], {
    env: { ...workerData.env, PATH: folder + ':' + workerData.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kept = { out: '', error: '' };
  child.stdout.on('data', (data) => (kept.out += data));
  child.stderr.on('data', (data) => (kept.error += data));
  child.on('close', (code) => {
    rmSync(folder, { recursive: true });
    server.close();
    parentPort.postMessage({ ended: { code, ...kept } });
    parentPort.close();
  });
});
`;

interface Answered {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}
const done = (output: string): Answered => ({ code: 0, output, error: '' });

type Told =
  { readonly id: number; readonly words: readonly string[] } | { readonly ended: Omit<ScriptEnd, 'calls'> };

/**
 * Runs a text as bash runs it, with the AWS CLI and `npx forseti` answered by the embedded cloud, and `sleep` by its virtual time. The CLI's
 * words are read by the SDK's own schemas, so that a misspelt option fails as it does on AWS.
 */
export const runInShell = async (
  text: string,
  { session, env, path = process.env.PATH ?? '', onCall }: StubbedShell,
): Promise<ScriptEnd> => {
  const calls: string[] = [];
  const answer = async (words: readonly string[]): Promise<Answered> => {
    const [name = '', first = '0', ...rest] = words;
    if (name === 'sleep') {
      await session.sleep(Number(first) * 1_000);
      return done('');
    }
    if (name === 'npx') {
      if (first !== 'forseti') throw new Error(`No package: ${first}`);
      const { code, out, note } = await commandLineOn(session, 'yes')(...rest);
      return { code, output: `${out}\n`, error: note };
    }
    calls.push(words.slice(1, 3).join(' '));
    const given = await onCall?.(words);
    return done(given ?? `${await runAws(session, parseAws(words))}\n`);
  };
  const worker = new Worker(thread, { eval: true, workerData: { text, env, path } });
  const ended = await new Promise<Omit<ScriptEnd, 'calls'>>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (told: Told) => {
      if ('ended' in told) {
        resolve(told.ended);
        return;
      }
      void answer(told.words)
        // 254: an answer of AWS that is an error (AWS CLI user guide, "Return codes").
        .catch((error: unknown) => ({ code: 254, output: '', error: `${String(error)}\n` }))
        .then((given) => {
          worker.postMessage({ id: told.id, answer: given });
        });
    });
  });
  await worker.terminate();
  return { ...ended, calls };
};
