import { Cloud } from '../../src/core/cloud';
import type { House } from '../../src/state-file/house';
import { makeFakeSsm } from '../core/fake';

const services = { ssm: makeFakeSsm };

/** A cloud with one tiny service; the description names its region. */
export const tinyHouse = (buildHash = 'build-1'): House => ({
  buildHash,
  make: async (description, seed) => {
    const { region = 'eu-west-1' } = (description ?? {}) as { region?: string };
    return Cloud.make({ seed, services, regions: [region], startAt: Date.UTC(2026, 10, 22, 8) });
  },
  restore: async (state) => Cloud.restore(state, { services }),
});
