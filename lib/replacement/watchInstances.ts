import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { type EC2Client, type InstanceStatus, paginateDescribeInstanceStatus } from '@aws-sdk/client-ec2';
import type { Settings } from '../application/schema';
import { chunks } from '../aws/chunks';
import { asError } from '../aws/log';
import type { World } from '../aws/production';
import type { Table } from '../aws/table';
import { describeGroup, inService } from '../fleet/group';
import type { Channels } from '../reporting/channels';
import { notify } from '../reporting/notify';
import { type Finding, findingsOf } from './findings';
import { type Hours, replacementFor } from './hours';

/** Item `instance#ID#FINDING` of the requests table: people were notified of it. */
export interface NotifiedItem {
  readonly key: string;
  readonly application: string;
  readonly at: number;
}

export interface WatchTools extends World {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly channels: Channels;
  readonly told: Table<NotifiedItem>;
  readonly readAll: () => Promise<{ readonly settings: Settings }>;
  /** Has an instance replaced within some hours; once, however often it is asked for. */
  readonly replace: (
    request: { application: string; instance: string; reason: string; finding: string },
    hours: Hours,
  ) => Promise<void>;
  readonly log: (message: string, error: Error) => void;
}

/** DescribeInstanceStatus takes at most 100 ids. */
const idsPerCall = 100;

const statusesOf = async (ec2: EC2Client, ids: readonly string[]): Promise<InstanceStatus[]> => {
  const found: InstanceStatus[] = [];
  for (const InstanceIds of chunks(ids, idsPerCall))
    for await (const page of paginateDescribeInstanceStatus({ client: ec2 }, { InstanceIds }))
      found.push(...(page.InstanceStatuses ?? []));
  return found;
};

const watchOne = async (
  application: string,
  settings: Settings['applications'][string],
  tools: WatchTools,
): Promise<Finding[]> => {
  const members = inService(await describeGroup(tools.autoScaling, settings.group));
  const statuses = await statusesOf(tools.ec2, members);
  const fresh: Finding[] = [];
  for (const finding of statuses.flatMap(findingsOf)) {
    const key = `instance#${finding.instance}#${finding.id}`;
    if (await tools.told.get({ key })) continue;
    const replacement = replacementFor(settings.maintenance, finding, tools.clock());
    // The replacement is started before its notice; both are harmless twice.
    if (replacement && 'from' in replacement)
      await tools.replace(
        { application, instance: finding.instance, reason: finding.what, finding: key },
        replacement,
      );
    // Notified first: a crash in between notifies twice rather than never.
    await notify(tools.channels, tools.environment, {
      kind: 'instance',
      application,
      settings,
      ...finding,
      ...(replacement && { replacement }),
    });
    await tools.told.put({ key, application, at: tools.clock() });
    fresh.push(finding);
  }
  return fresh;
};

/**
 * Checks the instances of all fleets, and notifies once of each scheduled event of EC2 and each failing status check. An
 * event of AWS Health only starts a check sooner: the facts are read from EC2, so that the event may come twice or never.
 * A fleet that cannot be checked does not keep others from being checked.
 * @returns what was told.
 */
export const watchInstances = async (tools: WatchTools): Promise<Finding[]> => {
  const { settings } = await tools.readAll();
  const found = await Promise.all(
    Object.entries(settings.applications).map(async ([application, one]) =>
      watchOne(application, one, tools).catch((error: unknown) => {
        tools.log(`The instances of ${application} could not be looked at`, asError(error));
        return [];
      }),
    ),
  );
  return found.flat();
};
