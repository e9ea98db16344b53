import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Region } from '../core/service';
import { readTable } from './readTable';
import type { Table } from './state';

/** The key schema or the local indexes of a table changed, so that its items cannot be kept. */
export class KeySchemaChanged extends Error {
  override readonly name = 'KeySchemaChanged';
}

/** Properties that CloudFormation changes only by replacement, which is not possible for a table with a custom name. */
const fixedOf = ({ keys, attributeTypes, indexes }: Table): string =>
  JSON.stringify({
    keys: [keys.partition, keys.sort],
    types: [attributeTypes[keys.partition], keys.sort === undefined ? undefined : attributeTypes[keys.sort]],
    local: indexes.filter(({ kind }) => kind === 'local'),
  });

const keysText = ({ keys, attributeTypes }: Table): string =>
  [keys.partition, keys.sort]
    .flatMap((key) => (key === undefined ? [] : [`${key} (${attributeTypes[key] ?? ''})`]))
    .join(', ');

/**
 * Creates a table, or changes the existing one, which keeps its items (`AWS::DynamoDB::Table` in an update).
 * @throws KeySchemaChanged
 */
export const putTableIn = (region: Region, input: CreateTableCommandInput): Table => {
  const { tables } = region.service('dynamodb').state;
  const table = readTable(region, input);
  const before = tables[table.name];
  if (before && fixedOf(before) !== fixedOf(table))
    throw new KeySchemaChanged(
      `the table ${table.name} has another key schema or other local indexes than before ` +
        `(${keysText(before)}, now ${keysText(table)}), so that its items cannot be kept`,
    );
  const { id, createdAt, partitions, former, timeToLive, global, stamps } = before ?? table;
  const replicas = { ...(global && { global }), ...(stamps && { stamps }) };
  const kept = { ...table, id, createdAt, partitions, former, ...replicas };
  return (tables[table.name] = timeToLive === undefined ? kept : { ...kept, timeToLive });
};
