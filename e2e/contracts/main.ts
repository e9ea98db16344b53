import { holdAll } from './holdAll';
import { startEmulators } from '../emulators';

export const main = async (root: string): Promise<number> => {
  const emulators = await startEmulators({ folder: root });
  try {
    const results = await holdAll(emulators.endpoints);
    for (const { contract, host, outcome, problem, unknown } of results)
      if (outcome !== 'same' || problem !== undefined)
        console.log(`${host} ${contract.service} ${outcome} ${unknown ?? ''} "${contract.holds}" ${problem ?? ''}`);
    return 0;
  } finally {
    await emulators.stop();
  }
};
