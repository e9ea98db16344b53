import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Region, Service } from '../service';
import { batchGetItem } from './actions/batchGetItem';
import { batchWriteItem } from './actions/batchWriteItem';
import { deleteItem } from './actions/deleteItem';
import { getItem } from './actions/getItem';
import { putItem } from './actions/putItem';
import { query } from './actions/query';
import { scan } from './actions/scan';
import { createTable, createTableIn, deleteTable, describeTable, listTables } from './actions/tables';
import { transactGetItems } from './actions/transactGetItems';
import { transactWriteItems } from './actions/transactWriteItems';
import { updateItem } from './actions/updateItem';
import { updateTable } from './actions/updateTable';
import { type GlobalOptions, putGlobalTableIn } from './globalTables';
import { putTableIn } from './putTable';
import { sendDue } from './replication';
import type { DynamoDbState, Table } from './state';
import { putAt } from './tables';

declare module '../service' {
  interface Services {
    dynamodb: DynamoDbService;
  }
}

export interface DynamoDbService extends Service<DynamoDbState> {
  /** Makes a table from what CreateTable (and AWS::DynamoDB::Table) take. */
  createTable(input: CreateTableCommandInput): Table;
  /** The same for a table that may be there: it keeps its items. @throws Error where that cannot be. */
  putTable(input: CreateTableCommandInput): Table;
  /** The same for a global table, in all its regions (AWS::DynamoDB::GlobalTable). */
  putGlobalTable(input: CreateTableCommandInput, options: GlobalOptions): Table;
}

export const makeDynamoDb = (region: Region): DynamoDbService => ({
  state: { tables: {}, eventualLagMs: 0, outgoing: {}, tokens: {} },
  actions: {
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    CreateTable: createTable,
    DeleteItem: deleteItem,
    DeleteTable: deleteTable,
    DescribeTable: describeTable,
    GetItem: getItem,
    ListTables: listTables,
    PutItem: putItem,
    Query: query,
    Scan: scan,
    TransactGetItems: transactGetItems,
    TransactWriteItems: transactWriteItems,
    UpdateItem: updateItem,
    UpdateTable: updateTable,
  },
  due: (kind, payload) => {
    if (kind !== 'replicate') throw new Error(`DynamoDB put no ${kind} on the agenda.`);
    sendDue(region, payload as { to: string }, putAt);
  },
  createTable: (input) => createTableIn(region, input),
  putTable: (input) => putTableIn(region, input),
  putGlobalTable: (input, options) => putGlobalTableIn(region, input, options),
});
