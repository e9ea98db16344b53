import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Region, Service } from '../core/service';
import { batchGetItem } from '../dynamodb/actions/batchGetItem';
import { batchWriteItem } from '../dynamodb/actions/batchWriteItem';
import { deleteItem } from '../dynamodb/actions/deleteItem';
import { getItem } from '../dynamodb/actions/getItem';
import { putItem } from '../dynamodb/actions/putItem';
import { query } from '../dynamodb/actions/query';
import { scan } from '../dynamodb/actions/scan';
import {
  createTable,
  createTableIn,
  deleteTable,
  describeTable,
  listTables,
} from '../dynamodb/actions/tables';
import { transactGetItems } from '../dynamodb/actions/transactGetItems';
import { transactWriteItems } from '../dynamodb/actions/transactWriteItems';
import { updateItem } from '../dynamodb/actions/updateItem';
import { updateTable } from '../dynamodb/actions/updateTable';
import { type GlobalOptions, putGlobalTableIn } from '../dynamodb/globalTables';
import { putTableIn } from '../dynamodb/putTable';
import { sendDue } from '../dynamodb/replication';
import type { DynamoDbState, Table } from '../dynamodb/state';
import { putAt } from '../dynamodb/tables';

declare module '../core/service' {
  interface Services {
    dynamodb: DynamoDbService;
  }
}

export interface DynamoDbService extends Service<DynamoDbState> {
  /** Creates a table from the input of CreateTable (and AWS::DynamoDB::Table). */
  createTable(input: CreateTableCommandInput): Table;
  /** Like createTable, but a table that exists keeps its items. @throws Error if that is not possible */
  putTable(input: CreateTableCommandInput): Table;
  /** Like putTable, for a global table in all its regions (AWS::DynamoDB::GlobalTable). */
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
