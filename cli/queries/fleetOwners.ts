import { SSMClient } from '@aws-sdk/client-ssm';
import type { SettingsInput } from '../../lib/application/parse';
import { readAllSettings } from '../../lib/application/store';
import type { Session } from '../session/session';
import { releasesOf } from './releaseStatus';

/** The group of each application, by the settings that are stored. */
export type StoredGroups = ReadonlyMap<string, string>;

/** Settings that cannot be read name no group. */
export const storedGroups = async (session: Session): Promise<StoredGroups> => {
  const { settings } = await readAllSettings(session.connect(SSMClient), session.names.settingsPrefix);
  return new Map(
    Object.entries(settings.applications).map(([application, { group }]) => [application, group]),
  );
};

/** The groups once a file is applied, and the settings of other applications were removed. */
export const groupsAfter = (
  before: StoredGroups,
  { applications }: SettingsInput,
  removed: readonly string[],
): StoredGroups =>
  new Map([
    ...[...before].filter(([application]) => !removed.includes(application)),
    ...Object.entries(applications).map(([application, { group }]) => [application, group] as const),
  ]);

/**
 * Whether a group may pass from one application to another: its owner by the tag gave it up (its settings are gone, or
 * name another group now), and it was this stage's. A tag alone may be that of another stage.
 */
export const hasGivenUp = async (
  session: Session,
  { owner, group }: { readonly owner: string; readonly group: string },
  before: StoredGroups,
  after: StoredGroups,
): Promise<boolean> => {
  if (after.get(owner) === group) return false;
  if (before.get(owner) === group) return true;
  return (await releasesOf(session, owner)).some((release) => release.group === group);
};
