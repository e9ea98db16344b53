import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { SettingsInput } from '../../lib/application/parse';
import { messageOf } from '../../lib/aws/failure';
import { adopt, type Lack } from '../../lib/fleet/adoption';
import { describeFleets, type FoundFleet } from '../queries/fleets';
import type { Session } from '../session/session';
import { handOverReleases } from './handOver';

/** Whether the application whose tag a group carries has given the group up. */
export type IsGivenUp = (owner: string, group: string) => Promise<boolean>;

const nobody: IsGivenUp = async () => false;

/** The former owners of what the application may take over. */
const givenUpBy = async (lacks: readonly Lack[], givenUp: IsGivenUp): Promise<Set<string>> => {
  const found = new Set<string>();
  for (const { owner, id } of lacks) if (owner !== undefined && (await givenUp(owner, id))) found.add(owner);
  return found;
};

/**
 * Tags the groups and launch templates that settings name, so that Forseti may change them. A group whose former
 * application has given it up passes to the new one, with its releases.
 * @returns the fleets as they were before, each with what was handed over, and with what could not be tagged.
 */
export const adoptFleets = async (
  session: Session,
  settings: SettingsInput,
  givenUp: IsGivenUp = nobody,
): Promise<FoundFleet[]> => {
  const clients = { autoScaling: session.connect(AutoScalingClient), ec2: session.connect(EC2Client) };
  const tagged: FoundFleet[] = [];
  for (const fleet of await describeFleets(session, settings)) {
    const { application, lacks } = fleet;
    try {
      const owners = await givenUpBy(lacks, givenUp);
      const mayTake = ({ owner }: Lack): boolean => owner !== undefined && owners.has(owner);
      // The releases first: once the tag is changed, nothing tells any more whose they were.
      const taken = lacks.filter(mayTake);
      const releases = [];
      for (const { owner = '', id } of taken)
        releases.push(...(await handOverReleases(session, { from: owner, to: application, group: id })));
      await adopt(clients, application, lacks, mayTake);
      const refused = lacks.filter((lack) => lack.taken && !mayTake(lack));
      tagged.push({
        ...fleet,
        untagged: refused,
        ...(taken[0]?.owner !== undefined && { handedOver: { from: taken[0].owner, releases } }),
      });
    } catch (error) {
      tagged.push({ ...fleet, untagged: lacks, unseen: messageOf(error) });
    }
  }
  return tagged;
};
