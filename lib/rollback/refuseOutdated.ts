import { AlarmOutdated } from '../engine/errors';
import type { DeploymentRecord } from '../engine/record';
import type { Release } from '../engine/releases';

interface Since {
  readonly application: string;
  readonly alarm: { readonly name: string; readonly changedAt: number };
  readonly releases: readonly Pick<Release, 'release' | 'version' | 'state'>[];
  /** The record that the fleet's lock names, if it is open. */
  readonly running: Pick<DeploymentRecord, 'kind' | 'deployment' | 'version' | 'acceptedAt'> | undefined;
}

/**
 * An automatic rollback goes on trying for hours while AWS is in its way. What was deployed after the alarm rang was
 * deployed by somebody who could know of it, and is not undone by that alarm.
 * @throws AlarmOutdated
 */
export const refuseOutdated = ({ application, alarm, releases, running }: Since): void => {
  const newer = releases.find(
    // A release's sort key begins with the time at which its deployment was accepted.
    ({ release, state }) => state === 'good' && Date.parse(release.split('#')[0] ?? '') > alarm.changedAt,
  );
  const deploying =
    running?.kind === 'deployment' && running.acceptedAt > alarm.changedAt ? running : undefined;
  const version = newer?.version ?? deploying?.version;
  if (version === undefined) return;
  throw new AlarmOutdated(
    `Alarm ${alarm.name} rang at ${new Date(alarm.changedAt).toISOString()}, and ${application} ${version} ` +
      `${newer ? 'was deployed' : 'is being deployed'} since: it is not rolled back for that alarm. ` +
      `If it is no good either, run: forseti rollback ${application}`,
  );
};
