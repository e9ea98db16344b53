import { SSMClient } from '@aws-sdk/client-ssm';
import { listApplications, readSettings, type StoredSettings } from '../../lib/application/store';
import { RefusedEarly } from '../terminal/errors';
import type { Session } from '../session/session';

/** Reads an application's settings. @throws RefusedEarly of an unknown application, with the known ones; InvalidSettings. */
export const checkApplication = async (session: Session, application: string): Promise<StoredSettings> => {
  try {
    return await readSettings(session.connect(SSMClient), session.names.settingsPrefix, application);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UnknownApplication') throw error;
    throw new RefusedEarly(error.message, { cause: error });
  }
};

/** The given application, or all that have settings. @throws RefusedEarly of an unknown application. */
export const chosenApplications = async (
  session: Session,
  application: string | undefined,
): Promise<readonly string[]> => {
  if (application === undefined)
    return listApplications(session.connect(SSMClient), session.names.settingsPrefix);
  await checkApplication(session, application);
  return [application];
};
