import { SSMClient } from '@aws-sdk/client-ssm';
import type { SettingsInput } from '../../lib/application/parse';
import { storeSettings } from '../../lib/application/store';
import { adoptFleets } from '../actions/adoptFleets';
import type { Session } from '../session/session';
import { markFirstReleases } from './firstReleases';

/** Brings a new embedded cloud to the state that an account is in after a first deployment of each application. */
export const applyFirstSettings = async (session: Session, settings: SettingsInput): Promise<void> => {
  await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, settings);
  await adoptFleets(session, settings);
  await markFirstReleases(session, settings);
};
