import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../application/store';
import { Table } from '../aws/table';
import { driftOfAll } from '../drift/fleetDrift';
import { Locks } from '../engine/lock';
import type { LockItem } from '../engine/lockItem';
import { type DeploymentRecord, Records, type StepItem } from '../engine/record';
import { type Release, Releases } from '../engine/releases';
import type { HealthFacts } from './facts';
import type { HealthSource } from './source';

/** How fleets at rest differ from what Forseti left: the same judgement as that of the watch and of `forseti status`. */
export const driftFacts = async ({
  connect,
  names,
  region,
  stage,
}: HealthSource): Promise<HealthFacts['drift']> => {
  const dynamodb = connect(DynamoDBClient);
  const [{ settings }, held] = await Promise.all([
    readAllSettings(connect(SSMClient), names.settingsPrefix),
    new Locks(new Table<LockItem>(dynamodb, names.locksTable)).held(),
  ]);
  const busy = new Set(held.map(({ fleet }) => fleet));
  const atRest = Object.entries(settings.applications).filter(([, { group }]) => !busy.has(group));
  const records = new Records(new Table<DeploymentRecord | StepItem>(dynamodb, names.deploymentsTable));
  const fleets = await driftOfAll(
    {
      clients: {
        autoScaling: connect(AutoScalingClient),
        cloudWatch: connect(CloudWatchClient),
        ec2: connect(EC2Client),
        elb: connect(ElasticLoadBalancingV2Client),
      },
      region,
      stage,
      releases: () => new Releases(new Table<Release>(dynamodb, names.releasesTable)).all(),
      record: (deployment) => records.find(deployment),
    },
    Object.fromEntries(atRest),
  );
  return fleets.flatMap(({ application, findings }) =>
    findings
      .filter(({ pending }) => !pending)
      .map(({ what, mend }) => ({ application, what: what.replace(/\.$/, ''), mend })),
  );
};
