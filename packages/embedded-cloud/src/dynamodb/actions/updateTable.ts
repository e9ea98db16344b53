import type { UpdateTableCommandInput, UpdateTableCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Action } from '../../core/service';
import type { Answer } from '../answer';
import { updateReplicas } from '../globalTables';
import { findTable, onTable } from '../tables';
import { invalid } from '../values';
import { descriptionOf } from './tables';

const known = new Set(['TableName', 'ReplicaUpdates', 'GlobalTableWitnessUpdates', 'MultiRegionConsistency']);

/** Adds and removes replicas at once (AWS takes minutes). Other changes of a table are not simulated. */
export const updateTable: Action<UpdateTableCommandInput, Answer<UpdateTableCommandOutput>> = {
  requires: (input, region) => [
    onTable(region, 'UpdateTable', input.TableName),
    ...(input.ReplicaUpdates?.some(({ Create }) => Create)
      ? [onTable(region, 'CreateTableReplica', input.TableName)]
      : []),
    ...(input.ReplicaUpdates?.some(({ Delete }) => Delete)
      ? [onTable(region, 'DeleteTableReplica', input.TableName)]
      : []),
  ],
  run: (input, region) => {
    const table = findTable(region, input.TableName, true);
    const others = Object.keys(input).filter((name) => !known.has(name));
    if (others.length > 0) throw invalid(`UpdateTable with ${others.join(', ')} is not modelled.`);
    if (!input.ReplicaUpdates?.length && !input.GlobalTableWitnessUpdates?.length)
      throw invalid('At least one of ReplicaUpdates or GlobalTableWitnessUpdates is required');
    updateReplicas(region, table, input);
    return { TableDescription: descriptionOf(table, region) } satisfies Answer<UpdateTableCommandOutput>;
  },
};
