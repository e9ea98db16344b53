import type { Defined } from './source';

/** What the function Doctor gets beside everybody's environment. */
export interface DoctorEnvironment {
  /** Of Forseti, that was deployed. */
  readonly version: string;
  /** What the stack that was deployed should have. */
  readonly defined: readonly Defined[];
}

/**
 * @param from `STACK_FUNCTIONS` is written by build/bundle-plugin.cjs from serverless.yml: names apart by spaces, those with
 *   reserved concurrency with a `!` behind.
 * @throws Error that names every variable that is missing.
 */
export const readDoctorEnvironment = (
  from: Readonly<Record<string, string | undefined>>,
): DoctorEnvironment => {
  const missing = ['FORSETI_VERSION', 'STACK_FUNCTIONS'].filter((name) => !from[name]);
  if (missing.length > 0)
    throw new Error(`The environment lacks ${missing.join(', ')}: deploy the stack from serverless.yml.`);
  return {
    version: from.FORSETI_VERSION ?? '',
    defined: (from.STACK_FUNCTIONS ?? '')
      .split(' ')
      .map((name) => ({ name: name.replace('!', ''), reserves: name.endsWith('!') })),
  };
};
