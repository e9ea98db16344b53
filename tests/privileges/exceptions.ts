import type { Exception } from './judge';

/** Permissions that are needed on AWS, and that no run of ours can use. An entry that is used fails, and so does one that no role holds. */
export const unusedOnPurpose: readonly Exception[] = [];

/** Calls that tests make to be refused. */
export const refusedOnPurpose: readonly Exception[] = [];
