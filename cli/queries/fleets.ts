import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { SettingsInput } from '../../lib/application/parse';
import { messageOf } from '../../lib/aws/failure';
import { describeFleet, type Lack } from '../../lib/fleet/adoption';
import type { Release } from '../../lib/engine/releases';
import type { Session } from '../session/session';

/** An application's fleet, as far as Forseti must be allowed to change it. */
export interface FoundFleet {
  readonly application: string;
  /** What Forseti may not change yet. */
  readonly lacks: readonly Lack[];
  /**
   * Why the fleet could not be read, or not be tagged. That is no error: the group need not exist when its settings are
   * applied, and the person may lack the permissions.
   */
  readonly unseen?: string;
  /** What was to be tagged and is not: another application has it, or AWS refused. */
  readonly untagged?: readonly Lack[];
  /** What came from the application that had the group before. */
  readonly handedOver?: { readonly from: string; readonly releases: readonly Release[] };
}

/** Reads the fleets that settings name. */
export const describeFleets = async (session: Session, settings: SettingsInput): Promise<FoundFleet[]> => {
  const clients = { autoScaling: session.connect(AutoScalingClient), ec2: session.connect(EC2Client) };
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
