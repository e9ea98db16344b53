/** Adds and removes replicas, and applies AWS's rules for global tables of both kinds. */
import type { CreateTableCommandInput, UpdateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Region } from '../core/service';
import { putTableIn } from './putTable';
import type { GlobalTable, Table } from './state';
import { invalid } from './values';

/** The sets of regions for strong tables: all three regions must be in one set ("MRSC", Region availability). */
const regionSets: readonly (readonly string[])[] = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

const isEmpty = ({ partitions }: Table): boolean => Object.keys(partitions).length === 0;

const checkStrong = (table: Table, { replicas, witness }: GlobalTable): void => {
  const all = [...replicas, ...(witness === undefined ? [] : [witness])];
  if (all.length !== 3 || new Set(all).size !== 3)
    throw invalid(
      'A global table with multi-Region strong consistency must have exactly three Regions: three replicas, ' +
        `or two replicas and a witness. It would have ${all.join(', ')}.`,
    );
  if (!regionSets.some((set) => all.every((name) => set.includes(name))))
    throw invalid(
      `The Regions of a table with multi-Region strong consistency must be of one Region set: ${all.join(', ')}.`,
    );
  if (table.timeToLive !== undefined)
    throw invalid('Time to Live is not supported on a table with multi-Region strong consistency.');
  if (table.indexes.some(({ kind }) => kind === 'local'))
    throw invalid('Local secondary indexes are not supported with multi-Region strong consistency.');
};

const check = (region: Region, table: Table, global: GlobalTable): void => {
  const { replicas, witness, consistency } = global;
  const missing = replicas.filter((name) => name !== region.name && !region.other(name));
  if (missing.length > 0) throw invalid(`This cloud does not have the Region ${missing.join(', ')}.`);
  if (new Set(replicas).size !== replicas.length)
    throw invalid('A Region can hold one replica of a table only.');
  if (consistency === 'STRONG') checkStrong(table, global);
  else if (witness !== undefined)
    throw invalid('A witness is for tables with multi-Region strong consistency only.');
};

const inRegion = (table: Table, region: Region, global: GlobalTable): Table => ({
  ...table,
  arn: region.arn('dynamodb', `table/${table.name}`),
  id: region.newId(),
  createdAt: region.now(),
  partitions: structuredClone(table.partitions),
  ...(table.stamps && { stamps: structuredClone(table.stamps) }),
  former: [],
  global,
});

const tablesOf = (region: Region) => region.service('dynamodb').state.tables;

/** Sets a table's replicas. With only one region left it becomes an ordinary table. */
const spread = (region: Region, table: Table, global: GlobalTable): void => {
  check(region, table, global);
  const former = table.global?.replicas ?? [region.name];
  const isAlone = global.replicas.length < 2;
  for (const name of new Set([...former, ...global.replicas])) {
    const other = name === region.name ? region : region.other(name);
    if (!other) continue;
    const tables = tablesOf(other);
    const present = tables[table.name];
    if (!global.replicas.includes(name)) Reflect.deleteProperty(tables, table.name);
    else if (!present) tables[table.name] = inRegion(table, other, global);
    else if (isAlone) delete present.global;
    else present.global = global;
  }
};

const consistencyOf = (given: string | undefined): GlobalTable['consistency'] =>
  given === 'STRONG' ? 'STRONG' : 'EVENTUAL';

/** The global table that an UpdateTable requests. @throws ValidationException */
const wantedOf = (region: Region, table: Table, input: UpdateTableCommandInput): GlobalTable => {
  const before = table.global;
  const updates = input.ReplicaUpdates ?? [];
  const created = updates.flatMap(({ Create }) => Create?.RegionName ?? []);
  const deleted = updates.flatMap(({ Delete }) => Delete?.RegionName ?? []);
  const unknown = deleted.filter((name) => !before?.replicas.includes(name));
  const witnesses = input.GlobalTableWitnessUpdates ?? [];
  const witness =
    witnesses.find(({ Create }) => Create)?.Create?.RegionName ??
    (witnesses.some(({ Delete }) => Delete) ? undefined : before?.witness);
  if (unknown.length > 0) throw invalid(`The table has no replica in ${unknown.join(', ')}.`);
  return {
    consistency:
      input.MultiRegionConsistency === undefined
        ? (before?.consistency ?? 'EVENTUAL')
        : consistencyOf(input.MultiRegionConsistency),
    replicas: [...(before?.replicas ?? [region.name]).filter((name) => !deleted.includes(name)), ...created],
    ...(witness !== undefined && { witness }),
  };
};

/**
 * Adds and removes replicas (UpdateTable). A table can become strong only while it is empty, and gets all its regions
 * in one update. It loses them in one update too. The kind of a global table never changes.
 * @throws ValidationException
 */
export const updateReplicas = (region: Region, table: Table, input: UpdateTableCommandInput): void => {
  const wanted = wantedOf(region, table, input);
  const before = table.global;
  if (before && before.consistency !== wanted.consistency)
    throw invalid('The consistency mode of a global table cannot be changed.');
  if (!before && wanted.consistency === 'STRONG' && !isEmpty(table))
    throw invalid('A table must be empty to become a global table with multi-Region strong consistency.');
  const ends = wanted.replicas.length === 1 && wanted.witness === undefined;
  spread(region, table, before && ends ? { ...wanted, consistency: 'EVENTUAL' } : wanted);
};

/** The options of AWS::DynamoDB::GlobalTable in addition to those of a table. */
export interface GlobalOptions {
  readonly replicas: readonly string[];
  readonly consistency?: string;
  readonly witness?: string;
}

/**
 * Creates a global table, or changes the existing one, which keeps its items (AWS::DynamoDB::GlobalTable).
 * @throws AwsError ValidationException; KeySchemaChanged if the items of a table cannot be kept
 */
export const putGlobalTableIn = (
  region: Region,
  input: CreateTableCommandInput,
  options: GlobalOptions,
): Table => {
  const global: GlobalTable = {
    consistency: consistencyOf(options.consistency),
    replicas: options.replicas,
    ...(options.witness !== undefined && { witness: options.witness }),
  };
  if (!global.replicas.includes(region.name))
    throw invalid(`The stack's own Region, ${region.name}, must be among the replicas.`);
  const before = tablesOf(region)[input.TableName ?? '']?.global;
  if (before && before.consistency !== global.consistency)
    throw invalid('The consistency mode of a global table cannot be changed.');
  const table = putTableIn(region, input);
  if (!before && global.consistency === 'STRONG' && !isEmpty(table))
    throw invalid('A table must be empty to become a global table with multi-Region strong consistency.');
  for (const name of global.replicas) {
    const other = name === region.name ? undefined : region.other(name);
    if (other && tablesOf(other)[table.name]) putTableIn(other, input);
  }
  spread(region, table, global);
  return table;
};

/**
 * Removes a replica from the lists of the others.
 * @throws ValidationException for a strong table, whose regions cannot be deleted singly
 */
export const forgetReplica = (region: Region, { name, global }: Table): void => {
  if (!global) return;
  if (global.consistency === 'STRONG')
    throw invalid(
      'A replica with multi-Region strong consistency cannot be deleted by itself: remove its other Regions first.',
    );
  const left = { ...global, replicas: global.replicas.filter((other) => other !== region.name) };
  for (const replica of left.replicas) {
    const other = region.other(replica);
    const table = other && tablesOf(other)[name];
    if (!table) continue;
    if (left.replicas.length < 2) delete table.global;
    else table.global = left;
  }
};
