import { execFile } from 'node:child_process';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** The whole environment: nothing is inherited from this process. */
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/** Runs a command to its end, whatever its exit code. A command that exceeds its time is killed. */
export const run = (
  file: string,
  parameters: readonly string[],
  { cwd, environment, timeoutMs }: CommandOptions,
): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd, env: environment, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(file, parameters, options, (error, stdout, stderr) => {
      const killed = error?.killed === true ? `\nIt took longer than ${String(timeoutMs / 1000)} s.` : '';
      const notStarted = error !== null && child.pid === undefined ? `\n${error.message}` : '';
      resolve({ code: error ? (child.exitCode ?? 1) : 0, stdout, stderr: stderr + killed + notStarted });
    });
  });

/** As {@link run}. @throws Error with all its output if the command failed. */
export const runWell = async (
  file: string,
  parameters: readonly string[],
  options: CommandOptions,
): Promise<string> => {
  const { code, stdout, stderr } = await run(file, parameters, options);
  if (code !== 0)
    throw new Error(
      `${file} ${parameters.join(' ')} ended with exit code ${String(code)}:\n${stdout}${stderr}`,
    );
  return stdout;
};
