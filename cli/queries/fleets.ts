import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { messageOf } from '../../lib/aws/failure';
import type { SettingsInput } from '../../lib/application/parse';
import { adopt, type Lack, describeFleet } from '../../lib/fleet/adoption';
import type { Session } from '../session/session';

/** How an application's fleet was found: what of it Forseti may not change yet, or why nobody could look. */
export interface FoundFleet {
  readonly application: string;
  readonly lacks: readonly Lack[];
  /** The group need not exist when its settings are applied, nor need the person be allowed to see or tag it. */
  readonly unseen?: string;
}

const clientsOf = (session: Session) => ({
  autoScaling: session.connect(AutoScalingClient),
  ec2: session.connect(EC2Client),
});

/** Looks at the fleets that settings name. */
export const describeFleets = async (session: Session, settings: SettingsInput): Promise<FoundFleet[]> => {
  const clients = clientsOf(session);
  const found: FoundFleet[] = [];
  for (const [application, { group }] of Object.entries(settings.applications)) {
    try {
      found.push({ application, lacks: await describeFleet(clients, application, group, session.region) });
    } catch (error) {
      found.push({ application, lacks: [], unseen: messageOf(error) });
    }
  }
  return found;
};

/** Tags the groups and launch templates that settings name, so that Forseti may change them. @returns what was found before. */
export const adoptFleets = async (session: Session, settings: SettingsInput): Promise<FoundFleet[]> => {
  const clients = clientsOf(session);
  const tagged: FoundFleet[] = [];
  for (const fleet of await describeFleets(session, settings)) {
    try {
      await adopt(clients, fleet.application, fleet.lacks);
      tagged.push(fleet);
    } catch (error) {
      tagged.push({ ...fleet, lacks: [], unseen: messageOf(error) });
    }
  }
  return tagged;
};
