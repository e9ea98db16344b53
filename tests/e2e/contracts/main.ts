/** `npm run contracts`: the part of `npm run e2e` that proves the embedded cloud, by itself. */
import { startEmulators } from '../emulators';
import { prove } from './prove';

/** @returns the exit code: 0 if every result is as expected. */
export const main = async (root: string): Promise<number> => {
  const emulators = await startEmulators({ folder: root });
  try {
    const problems = await prove(root, emulators);
    for (const problem of problems) console.error(`FAILED  ${problem}`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await emulators.stop();
  }
};
