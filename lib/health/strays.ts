import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { Table } from '../aws/table';
import { tags } from '../aws/tags';
import { type DeploymentRecord, Records, type StepItem } from '../engine/record';
import { instancesWhere } from '../fleet/instances';
import { testInstanceName } from '../image/testInstanceEffect';
import { builderName } from '../provisioning/builderEffect';
import { notTerminated } from '../provisioning/ownInstance';
import type { StrayInstanceFact } from './facts';
import type { HealthSource } from './source';

const any = { application: '*', version: '*' };

/** Builders and test instances of this stack whose deployment has ended: nothing terminates them any more. */
export const strayInstances = async (source: HealthSource): Promise<readonly StrayInstanceFact[]> => {
  const launched = await instancesWhere(source.connect(EC2Client), [
    { Name: 'tag:Name', Values: [builderName(any), testInstanceName(any)] },
    { Name: 'instance-state-name', Values: notTerminated },
  ]);
  const records = new Records(
    new Table<DeploymentRecord | StepItem>(source.connect(DynamoDBClient), source.names.deploymentsTable),
  );
  const found = await Promise.all(
    launched
      .filter((instance) => instance.tags['aws:autoscaling:groupName'] === undefined)
      .map(async ({ id, tags: its }): Promise<StrayInstanceFact[]> => {
        const deployment = its[tags.deployment] ?? '';
        // An instance of another stage has no record here.
        const record = await records.peek(deployment);
        return record?.closedAt === undefined ? [] : [{ id, name: its.Name ?? '', deployment }];
      }),
  );
  return found.flat();
};
