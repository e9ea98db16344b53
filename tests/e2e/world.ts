import { join } from 'node:path';
import { type Ended, run } from './command';
import { account } from './emulators';
import type { CameTo, MachineCase } from './machines/cases';
import type { Proxy } from './proxy/server';

export const regions = { home: 'eu-west-1', standby: 'eu-central-1' } as const;
export type RegionName = (typeof regions)[keyof typeof regions];

/** What all scenarios use. */
export interface World {
  readonly root: string;
  /** The folder of this run. */
  readonly scratch: string;
  /** The interpreter of the virtual environment. */
  readonly python: string;
  readonly proxy: Proxy;
  readonly template: Template;
  /** A client through the proxy, as the account's own user. */
  readonly connect: <Client>(
    Class: new (config: object) => Client,
    region?: string,
    given?: { readonly accessKeyId?: string; readonly maxAttempts?: number },
  ) => Client;
  /** Runs the shipped `forseti`. Only the environment points it to the emulators. */
  readonly forseti: (...parameters: readonly string[]) => Promise<Ended>;
  readonly environment: NodeJS.ProcessEnv;
  /** The machines' cases, and their results on the project's own interpreter. */
  readonly machines: {
    readonly cases: readonly MachineCase[];
    readonly local: ReadonlyMap<string, CameTo>;
  };
  /** What the account lets run at once of all functions in a region; scenarios change it. */
  readonly quota: Quota;
  /** Has the proxy check the roles of the functions in these regions. */
  readonly learnCallers: (regions: readonly string[]) => Promise<void>;
  /** All account kinds, and not only one of each. */
  readonly full: boolean;
  /** Calls that scenarios had refused on purpose. */
  readonly refusedOnPurpose: string[];
}

/** Lambda's quota of concurrent executions by region, 1,000 where none is set. MiniStack has one for all. */
export type Quota = Map<string, number>;

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

/** The compiled template. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
}

/** What a person's shell would contain, with the proxy instead of AWS. */
export const environmentOf = (endpoint: string): NodeJS.ProcessEnv => ({
  HOME: process.env.HOME,
  PATH: process.env.PATH,
  LANG: 'C.UTF-8',
  NO_COLOR: '1',
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: account,
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: regions.home,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  SLS_TELEMETRY_DISABLED: '1',
  SLS_NOTIFICATIONS_MODE: 'off',
});

export const makeWorld = (
  given: Omit<World, 'connect' | 'forseti' | 'environment' | 'refusedOnPurpose'>,
): World => {
  const { proxy, root } = given;
  const environment = environmentOf(proxy.endpoint);
  return {
    ...given,
    environment,
    refusedOnPurpose: [],
    connect: (Class, region = regions.home, { accessKeyId = account, maxAttempts = 3 } = {}) =>
      new Class({
        region,
        maxAttempts,
        endpoint: proxy.endpoint,
        credentials: { accessKeyId, secretAccessKey: 'test' },
      }),
    forseti: (...parameters) =>
      run(process.execPath, [join(root, 'bin', 'forseti.mjs'), ...parameters], {
        cwd: root,
        environment,
        timeoutMs: 180_000,
      }),
  };
};
