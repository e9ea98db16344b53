import type {
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import type { Region } from '../core/service';
import type { Index, KeySchema, Table } from './state';
import { invalid } from './values';

const readSchema = (schema: readonly KeySchemaElement[] | undefined): KeySchema => {
  const of = (type: string) => schema?.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const [partition, sort] = [of('HASH'), of('RANGE')];
  if (partition === undefined)
    throw invalid('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  return { partition, ...(sort !== undefined && { sort }) };
};

const readIndex = (kind: Index['kind'], index: GlobalSecondaryIndex): Index => ({
  name: index.IndexName ?? '',
  kind,
  keys: readSchema(index.KeySchema),
  projection:
    index.Projection?.ProjectionType === 'INCLUDE'
      ? (index.Projection.NonKeyAttributes ?? [])
      : (index.Projection?.ProjectionType ?? 'ALL'),
});

/** @throws ValidationException if attribute definitions and keys do not match */
const checkDefinitions = (table: Table) => {
  const used = new Set(
    [table, ...table.indexes].flatMap(({ keys }) => [keys.partition, keys.sort ?? keys.partition]),
  );
  const defined = Object.keys(table.attributeTypes);
  const missing = [...used].filter((name) => !defined.includes(name));
  if (missing.length > 0 || defined.length !== used.size)
    throw invalid(
      'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. ' +
        `Keys: [${[...used].join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
    );
};

/** The empty table that an input describes. @throws ValidationException */
export const readTable = (region: Region, input: CreateTableCommandInput): Table => {
  const name = input.TableName ?? '';
  if (!/^[\w.-]{3,255}$/.test(name))
    throw invalid('TableName must be at least 3 characters long and at most 255 characters long');
  const table: Table = {
    name,
    arn: region.arn('dynamodb', `table/${name}`),
    id: region.newId(),
    createdAt: region.now(),
    keys: readSchema(input.KeySchema),
    attributeTypes: Object.fromEntries(
      (input.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => [
        AttributeName,
        AttributeType,
      ]),
    ) as Table['attributeTypes'],
    indexes: [
      ...(input.GlobalSecondaryIndexes ?? []).map((index) => readIndex('global', index)),
      ...(input.LocalSecondaryIndexes ?? []).map((index) => readIndex('local', index)),
    ],
    billing: input.BillingMode ?? 'PROVISIONED',
    partitions: {},
    former: [],
  };
  checkDefinitions(table);
  return table;
};
