import type { ApplicationSettings } from '../application/schema';

/** Alarms live in one name space a region and account: service, stage and application stand in theirs. */
export const alarmName = (stage: string, application: string, name: string): string =>
  `forseti-${stage}-${application}-${name}`;

/** Policies live in their group's name space; the prefix tells Forseti's from others'. */
export const policyName = (name: string): string => `forseti-${name}`;

/**
 * The full names of the alarms that gate a release.
 * `own`: the settings themselves define it, so that SetScaling makes it where it does not exist yet.
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
