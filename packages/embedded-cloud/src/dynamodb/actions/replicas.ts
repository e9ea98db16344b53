import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { Table } from '../state';

/** A table's other regions, in the form in which DescribeTable shows them. */
export const describeReplicas = (table: Table, regionName: string): Partial<TableDescription> => {
  const { global } = table;
  if (!global) return {};
  const others = global.replicas.filter((name) => name !== regionName);
  return {
    GlobalTableVersion: '2019.11.21',
    MultiRegionConsistency: global.consistency,
    Replicas: others.map((RegionName) => ({ RegionName, ReplicaStatus: 'ACTIVE' })),
    ...(global.witness !== undefined && {
      GlobalTableWitnesses: [{ RegionName: global.witness, WitnessStatus: 'ACTIVE' }],
    }),
  };
};
