/** Forseti's own stack in the embedded cloud. */
import {
  accountConcurrency,
  type Cloud,
  type Compiled,
  compileServerless,
  type InstallOptions,
  installStack,
} from '@forseti/embedded-cloud';
import { alarmConcurrencyFor } from '../../lib/health/alarmConcurrency';
import { defaultStage } from '../session/session';

/** The command that makes a new embedded cloud, as errors name it. */
export const resetCommand = 'forseti local reset';

/** The files and folders on which the compiled stack depends. */
export const stackSources = [
  'serverless.yml',
  'statemachines',
  'functions',
  'lib',
  'resources',
  'packages/messaging',
  'build',
  'package-lock.json',
];

/**
 * The stack as it would be deployed, with its functions' code. A published package brings it ready in
 * `dist/compiled.json`, for the default stage.
 * @param root the folder of serverless.yml.
 */
export const compileStack = (root: string, stage?: string): Promise<Compiled> =>
  compileServerless(root, {
    sources: stackSources,
    // The framework bundles no code then: the embedded cloud needs it in another form.
    environment: { FORSETI_TEMPLATE_ONLY: '1' },
    ...(stage === undefined ? { prebuilt: 'dist/compiled.json' } : { stage }),
  });

/** @param standby the other region of a pair; none where it is empty. */
const optionsFor = (
  cloud: Cloud,
  region: string,
  { home, standby, stage }: { readonly home: string; readonly standby: string; readonly stage: string },
): InstallOptions => ({
  region,
  stackName: `forseti-${stage}`,
  parameters: {
    HomeRegion: home,
    StandbyRegion: standby,
    AlarmConcurrency: String(concurrencyIn(cloud, region, `forseti-${stage}-TakeAlarm`)),
  },
  resetCommand,
});

/** What the account lets be reserved for alarms, as an installation finds it. */
const concurrencyIn = (cloud: Cloud, region: string, taker: string): number => {
  const { functions } = cloud.region(region).service('lambda').state;
  return alarmConcurrencyFor(
    accountConcurrency(cloud.region(region), functions),
    functions[taker]?.reservedConcurrency,
  );
};

/**
 * The instances are not real, and run no script: the cloud is told what that of our document would print (see
 * lib/provisioning/revision.ts).
 */
const teachDocument = (cloud: Cloud, region: string, stage: string): void => {
  cloud.region(region).service('ssm').state.provisioners[`forseti-${stage}-provision`] = {
    parameter: 'Version',
    reports: { source: 'Source', reference: 'Reference', revision: 'Revision', prefix: 'forseti-source: ' },
  };
};

/** In every region, whether the stack is there already or is going to be. */
export const teachDocuments = (cloud: Cloud, stage: string = defaultStage): void => {
  for (const region of cloud.regionNames) teachDocument(cloud, region, stage);
};

/** Installs the stack in the cloud's first region alone. */
export const installAtHome = async (
  cloud: Cloud,
  compiled: Compiled,
  stage: string = defaultStage,
): Promise<void> => {
  const { home } = cloud;
  await installStack(cloud, compiled, optionsFor(cloud, home, { home, standby: '', stage }));
  teachDocument(cloud, home, stage);
};

/** Installs the stack in the cloud's first region, as home, and in the second, if there is one, as its standby. */
export const installInRegions = async (
  cloud: Cloud,
  compiled: Compiled,
  stage: string = defaultStage,
): Promise<void> => {
  const [home = '', standby = ''] = cloud.regionNames;
  for (const region of [home, standby])
    if (region !== '') {
      await installStack(cloud, compiled, optionsFor(cloud, region, { home, standby, stage }));
      teachDocument(cloud, region, stage);
    }
};
