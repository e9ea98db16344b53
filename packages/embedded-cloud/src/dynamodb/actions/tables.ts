import type {
  CreateTableCommandInput,
  CreateTableCommandOutput,
  DeleteTableCommandInput,
  DeleteTableCommandOutput,
  DescribeTableCommandInput,
  DescribeTableCommandOutput,
  KeySchemaElement,
  ListTablesCommandInput,
  ListTablesCommandOutput,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import type { Answer } from '../answer';
import { forgetReplica } from '../globalTables';
import { readTable } from '../readTable';
import { itemBytes } from '../sizes';
import type { Index, KeySchema, Table } from '../state';
import { findTable, onTable } from '../tables';
import { describeReplicas } from './replicas';

/**
 * Creates a table, which is ready at once (AWS takes some seconds).
 * @throws ResourceInUseException, ValidationException
 */
export const createTableIn = (region: Region, input: CreateTableCommandInput): Table => {
  const { tables } = region.service('dynamodb').state;
  const table = readTable(region, input);
  if (tables[table.name]) throw new AwsError('ResourceInUseException', `Table already exists: ${table.name}`);
  tables[table.name] = table;
  return table;
};

const writeSchema = (keys: KeySchema): KeySchemaElement[] => [
  { AttributeName: keys.partition, KeyType: 'HASH' },
  ...(keys.sort === undefined ? [] : [{ AttributeName: keys.sort, KeyType: 'RANGE' as const }]),
];

const describeIndex = (table: Table, index: Index) => ({
  IndexName: index.name,
  IndexArn: `${table.arn}/index/${index.name}`,
  IndexStatus: 'ACTIVE' as const,
  KeySchema: writeSchema(index.keys),
  Projection:
    typeof index.projection === 'string'
      ? { ProjectionType: index.projection }
      : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.projection] },
});

/** "DynamoDB updates this value approximately every six hours. Recent changes might not be reflected in this value." */
const countEveryMs = 6 * 60 * 60 * 1000;

const countOf = (table: Table, now: number): NonNullable<Table['counted']> => {
  if (table.counted && now - table.counted.at < countEveryMs) return table.counted;
  const items = Object.values(table.partitions).flatMap((partition) => Object.values(partition));
  const bytes = items.reduce((total, item) => total + itemBytes(item), 0);
  table.counted = { at: now, items: items.length, bytes };
  return table.counted;
};

/** A table as DescribeTable shows it. */
export const descriptionOf = (table: Table, region: Region): TableDescription => {
  const { items, bytes } = countOf(table, region.now());
  const indexesOf = (kind: Index['kind']) =>
    table.indexes.filter((index) => index.kind === kind).map((index) => describeIndex(table, index));
  const [global, local] = [indexesOf('global'), indexesOf('local')];
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.id,
    TableStatus: 'ACTIVE',
    CreationDateTime: new Date(table.createdAt),
    KeySchema: writeSchema(table.keys),
    AttributeDefinitions: Object.entries(table.attributeTypes).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    ItemCount: items,
    TableSizeBytes: bytes,
    BillingModeSummary: { BillingMode: table.billing },
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...describeReplicas(table, region.name),
  };
};

export const createTable: Action<CreateTableCommandInput, Answer<CreateTableCommandOutput>> = {
  requires: (input, region) => [onTable(region, 'CreateTable', input.TableName)],
  run: (input, region) =>
    ({
      TableDescription: descriptionOf(createTableIn(region, input), region),
    }) satisfies Answer<CreateTableCommandOutput>,
};

export const describeTable: Action<DescribeTableCommandInput, Answer<DescribeTableCommandOutput>> = {
  requires: (input, region) => [onTable(region, 'DescribeTable', input.TableName)],
  run: (input, region) =>
    ({
      Table: descriptionOf(findTable(region, input.TableName, true), region),
    }) satisfies Answer<DescribeTableCommandOutput>,
};

export const deleteTable: Action<DeleteTableCommandInput, Answer<DeleteTableCommandOutput>> = {
  requires: (input, region) => [onTable(region, 'DeleteTable', input.TableName)],
  run: (input, region) => {
    const table = findTable(region, input.TableName, true);
    forgetReplica(region, table);
    Reflect.deleteProperty(region.service('dynamodb').state.tables, table.name);
    return {
      TableDescription: { ...descriptionOf(table, region), TableStatus: 'DELETING' },
    } satisfies Answer<DeleteTableCommandOutput>;
  },
};

export const listTables: Action<ListTablesCommandInput, Answer<ListTablesCommandOutput>> = {
  requires: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  run: (input, region) => {
    const after = input.ExclusiveStartTableName ?? '';
    const names = Object.keys(region.service('dynamodb').state.tables)
      .sort()
      .filter((name) => name > after);
    const page = names.slice(0, input.Limit ?? 100);
    const last = page.length < names.length ? page.at(-1) : undefined;
    return {
      TableNames: page,
      ...(last !== undefined && { LastEvaluatedTableName: last }),
    } satisfies Answer<ListTablesCommandOutput>;
  },
};
