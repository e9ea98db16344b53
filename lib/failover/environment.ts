import { type Regions, regionsOf } from './regions';

/** The environment of the functions that know of the other region, beside what all functions have. */
export interface FailoverEnvironment {
  readonly regions: Regions;
  /** A global table: each region has its copy. Without a standby there is none. */
  readonly regionsTable: string;
  /** In this region; the other region's queue has the same name. */
  readonly probeQueueUrl: string;
  readonly requestsQueueUrl: string;
}

/** @throws Error that names every variable that is missing. `STANDBY_REGION` may be empty: no standby. */
export const readFailoverEnvironment = (
  from: Readonly<Record<string, string | undefined>>,
): FailoverEnvironment => {
  const needed = ['AWS_REGION', 'HOME_REGION', 'REGIONS_TABLE', 'PROBE_QUEUE_URL', 'REQUESTS_QUEUE_URL'];
  const missing = needed.filter((name) => !from[name]);
  if (missing.length > 0)
    throw new Error(`The environment lacks ${missing.join(', ')}: deploy the stack from serverless.yml.`);
  const get = (name: string): string => from[name] ?? '';
  return {
    regions: regionsOf(get('HOME_REGION'), get('STANDBY_REGION'), get('AWS_REGION')),
    regionsTable: get('REGIONS_TABLE'),
    probeQueueUrl: get('PROBE_QUEUE_URL'),
    requestsQueueUrl: get('REQUESTS_QUEUE_URL'),
  };
};
