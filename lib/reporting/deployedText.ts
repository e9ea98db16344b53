import type { FleetAtEnd } from '../engine/outcome';

/** Whether some instances in service do not run the version that was deployed. */
export const isPartly = (fleet: FleetAtEnd | undefined): fleet is FleetAtEnd =>
  fleet !== undefined && fleet.onVersion < fleet.inService;

/** What a good end of a deployment means for the fleet; `api v2 is on the fleet` unless some instances run something else. */
export const deployedText = (what: string, fleet: FleetAtEnd | undefined): string =>
  isPartly(fleet)
    ? `${what} is what new instances get; ${String(fleet.onVersion)} of ${String(fleet.inService)} run it`
    : `${what} is on the fleet`;
