import type { ApplicationSettings } from '../application/schema';

/** Alarms share one name space per region and account, so their names hold service, stage and application. */
export const alarmName = (stage: string, application: string, name: string): string =>
  `forseti-${stage}-${application}-${name}`;

/** Policies share their group's name space; the prefix marks Forseti's. */
export const policyName = (name: string): string => `forseti-${name}`;

/**
 * The full names of the alarms that gate a release. `own`: the settings define the alarm themselves, so SetScaling
 * makes it if it does not exist yet.
 */
export const alarmNames = (
  stage: string,
  application: string,
  settings: Pick<ApplicationSettings, 'rollback' | 'scaling'>,
): { readonly fullName: string; readonly own: boolean }[] =>
  settings.rollback.alarms.map((name) =>
    name in settings.scaling.alarms
      ? { fullName: alarmName(stage, application, name), own: true }
      : { fullName: name, own: false },
  );
