import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { SettingsInput } from '../../lib/application/parse';
import { messageOf } from '../../lib/aws/failure';
import { adopt } from '../../lib/fleet/adoption';
import { describeFleets, type FoundFleet } from '../queries/fleets';
import type { Session } from '../session/session';

/**
 * Tags the groups and launch templates that settings name, so that Forseti may change them.
 * @returns the fleets as they were before.
 */
export const adoptFleets = async (session: Session, settings: SettingsInput): Promise<FoundFleet[]> => {
  const clients = { autoScaling: session.connect(AutoScalingClient), ec2: session.connect(EC2Client) };
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
