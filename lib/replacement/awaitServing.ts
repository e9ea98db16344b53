import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ApplicationSettings } from '../application/schema';
import type { World } from '../aws/production';
import type { Table } from '../aws/table';
import { stallMsOf } from '../engine/waiting/lookNotes';
import { activitiesSince, failedLaunches } from '../fleet/activities';
import { causesOf } from '../fleet/causes';
import { describeGroup } from '../fleet/group';
import { describeTargets } from '../fleet/targetGroups';
import type { Channels } from '../reporting/channels';
import { notify } from '../reporting/notify';
import { uniqueReasons } from '../rollout/patience';
import { NotReplaced, NotServing } from './errors';
import { notServingYet } from './mayReplace';
import { parseReplacement, type ReplacementEvent } from './replacement';
import type { NotifiedItem } from './watchInstances';

export interface ServingTools extends Pick<World, 'environment' | 'clock'> {
  readonly autoScaling: AutoScalingClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly channels: Channels;
  readonly told: Pick<Table<NotifiedItem>, 'put'>;
  /** @throws UnknownApplication */
  readonly readSettings: (application: string) => Promise<{ readonly settings: ApplicationSettings }>;
}

export interface ServingEvent extends Pick<ReplacementEvent, 'input' | 'deployment'> {
  /** When the machine began to wait; ISO 8601. */
  readonly since: string;
}

/**
 * Checks once whether as many instances serve as the group wants, without the one that was taken out. What keeps it from
 * that for long is told once.
 * @throws NotServing, which the machine tries again; NotReplaced if too many launches in a row have failed.
 */
export const awaitServing = async (event: ServingEvent, tools: ServingTools): Promise<{ serving: true }> => {
  const { autoScaling, elb, readSettings } = tools;
  const { application, instance } = parseReplacement(event.input);
  const { settings } = await readSettings(application);
  const since = Date.parse(event.since);
  const group = await describeGroup(autoScaling, settings.group);
  const { health, reasons } = await describeTargets(elb, group.targetGroupArns);
  const missing = notServingYet(instance, { group, health });
  if (missing === undefined) return { serving: true };
  const launches = failedLaunches(await activitiesSince(autoScaling, group.name, since));
  if (launches.length >= settings.rollout.maxFailedLaunches)
    throw new NotReplaced([
      missing,
      `${String(launches.length)} launches of group ${group.name} failed in a row: ${uniqueReasons(launches)}`,
    ]);
  const why = await causesOf({ autoScaling, group, reasons, since });
  const now = tools.clock();
  if (now - since >= stallMsOf(settings) && (await isFirst(event, instance, application, tools)))
    await notify(tools.channels, tools.environment, {
      kind: 'replacement-stalled',
      application,
      settings,
      instance,
      since,
      message: [missing, why ?? []].flat().join(' '),
    });
  throw new NotServing([missing, why ?? []].flat());
};

/** Whether nobody was notified of this replacement's standstill. */
const isFirst = async (
  { deployment }: ServingEvent,
  instance: string,
  application: string,
  { told, clock }: ServingTools,
): Promise<boolean> => {
  const key = `instance#${instance}#stalled#${deployment}`;
  const written = await told.put(
    { key, application, at: clock() },
    { expression: 'attribute_not_exists(#key)', names: { '#key': 'key' } },
  );
  return written.done;
};
