import { SSMClient } from '@aws-sdk/client-ssm';
import { InvalidSettings } from '../../lib/application/problems';
import { ofAlarmNames } from '../../lib/application/relations';
import type { Settings } from '../../lib/application/schema';
import { readAllSettings } from '../../lib/application/store';
import type { Session } from '../session/session';

/**
 * Refuses alarms that would get the name of one of an application that stands in another file.
 * @throws InvalidSettings
 */
export const refuseTakenAlarms = async (
  session: Session,
  settings: Settings,
  file: string,
): Promise<void> => {
  const { applications } = settings;
  if (Object.values(applications).every(({ scaling }) => Object.keys(scaling.alarms).length === 0)) return;
  const { settings: stored } = await readAllSettings(
    session.connect(SSMClient),
    session.names.settingsPrefix,
  );
  const others = Object.fromEntries(
    Object.entries(stored.applications).filter(([name]) => !(name in applications)),
  );
  const problems = ofAlarmNames({ applications: { ...others, ...applications } }).map(
    ({ path, message }) => ({
      path: path.map(String).join('.'),
      line: 0,
      column: 0,
      message,
    }),
  );
  if (problems.length > 0) throw new InvalidSettings(file, problems);
};
