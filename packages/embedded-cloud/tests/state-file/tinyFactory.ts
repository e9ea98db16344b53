import { Cloud } from '../../src/cloud/cloud';
import type { CloudFactory } from '../../src/state-file/cloudFactory';
import { makeFakeSsm } from '../core/fake';

const services = { ssm: makeFakeSsm };

/** A cloud with one tiny service; the description names its region. */
export const tinyFactory = (buildHash = 'build-1'): CloudFactory => ({
  buildHash,
  resetCommand: 'tool reset',
  make: async (description, seed) => {
    const { region = 'eu-west-1' } = (description ?? {}) as { region?: string };
    return Cloud.make({ seed, services, regions: [region], startAt: Date.UTC(2026, 10, 22, 8) });
  },
  restore: async (state) => Cloud.restore(state, { services }),
});
