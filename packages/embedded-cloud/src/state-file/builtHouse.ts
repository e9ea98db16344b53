import { Cloud } from '../core/cloud';
import { describe, parseDescription } from '../description/build';
import { cloudOptions } from '../description/options';
import { compile } from '../template/compile';
import { installInRegions, loadCode } from '../template/install';
import type { House } from './house';
import { StateFileOutdated } from './outdated';

/** Clouds with what `serverless package` compiles, installed in the home region, and filled from a description. */
export const builtHouse = async (root: string): Promise<House> => {
  const compiled = await compile(root);
  return {
    buildHash: compiled.hash,
    make: async (given, seed) => {
      const description = parseDescription(given);
      const cloud = Cloud.make({ ...cloudOptions(description), seed });
      await installInRegions(cloud, compiled);
      describe(cloud, description);
      return cloud;
    },
    restore: async (state, isOtherBuild) => {
      const cloud = Cloud.restore(state);
      for (const region of cloud.regionNames) loadCode(cloud, compiled, region);
      if (isOtherBuild)
        await installInRegions(cloud, compiled).catch((error: unknown) => {
          throw new StateFileOutdated(
            'The embedded cloud was saved by another build, and the present template does not go with it. ' +
              `Make a new one with "forseti local reset". ${(error as Error).message}`,
            { cause: error },
          );
        });
      return cloud;
    },
  };
};
