import { Cloud } from '../cloud/cloud';
import { populate, parseDescription } from '../description/build';
import { cloudOptions } from '../description/options';
import type { Compiled } from '../template/compiled';
import { loadCode } from '../cloudformation/install';
import type { CloudFactory } from './cloudFactory';
import { StateFileOutdated } from './outdated';

export interface StackFactoryOptions {
  readonly compiled: Compiled;
  /** Installs the stack in a cloud, or updates it there. */
  readonly install: (cloud: Cloud, compiled: Compiled) => Promise<void>;
  /** Tells a new cloud what it needs to know of the stack, also where the stack is not there yet. */
  readonly prepare?: (cloud: Cloud) => void;
  /** The command that makes a new cloud, for error messages. */
  readonly resetCommand: string;
  /** The tag with the version that runs on an instance; undefined if there is none. */
  readonly versionTag?: string;
}

const hasStack = (cloud: Cloud): boolean =>
  cloud.regionNames.some((name) => cloud.region(name).service('cloudformation').engine.all().length > 0);

/** Clouds with a compiled stack, filled from a description. */
export const stackFactory = ({
  compiled,
  install,
  prepare,
  resetCommand,
  versionTag,
}: StackFactoryOptions): CloudFactory => ({
  buildHash: compiled.hash,
  resetCommand,
  make: async (given, seed) => {
    const description = parseDescription(given);
    const cloud = Cloud.make({ ...cloudOptions(description), seed });
    if (description.stack) await install(cloud, compiled);
    else for (const region of cloud.regionNames) loadCode(cloud, compiled, region);
    prepare?.(cloud);
    populate(cloud, description, versionTag === undefined ? {} : { versionTag });
    return cloud;
  },
  restore: async (state, isOtherBuild) => {
    const cloud = Cloud.restore(state);
    for (const region of cloud.regionNames) loadCode(cloud, compiled, region);
    // An account without the stack stays without it.
    if (isOtherBuild && hasStack(cloud))
      await install(cloud, compiled).catch((error: unknown) => {
        throw new StateFileOutdated(
          'The embedded cloud was saved by another build, and the present template does not go with it. ' +
            `Make a new one with "${resetCommand}". ${(error as Error).message}`,
          { cause: error },
        );
      });
    return cloud;
  },
});
