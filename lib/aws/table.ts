import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

export type Key = Readonly<Record<string, string>>;

/** A condition or an update: a DynamoDB expression with its `#name` and `:value`. */
export interface Expression {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** How often a batch is sent while DynamoDB leaves keys unprocessed. */
const maxBatches = 5;

/**
 * Trusts that items have the table's type, since our code wrote them. A caller that may meet another version's items
 * parses what it gets.
 */
const read = <Item>(attributes: Record<string, AttributeValue>): Item => unmarshall(attributes) as Item;

const plain = { removeUndefinedValues: true } as const;
const attributes = (...parts: readonly (Expression | undefined)[]) => {
  const names = Object.assign({}, ...parts.map((part) => part?.names ?? {})) as Record<string, string>;
  const values = Object.assign({}, ...parts.map((part) => part?.values ?? {})) as Record<string, unknown>;
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: marshall(values, plain) }),
  };
};

/**
 * The result of a conditional write: done (with the item after an update, or before a deletion), or the item that did
 * not meet the condition.
 */
export type Written<Item> =
  | { readonly done: true; readonly item: Item | undefined }
  | { readonly done: false; readonly found: Item | undefined };

/**
 * One DynamoDB table with items as plain objects. All reads are strongly consistent, since steps decide by what they
 * read. A condition that is not met is a result here, not an error.
 */
export class Table<Item extends object> {
  constructor(
    private readonly client: DynamoDBClient,
    readonly name: string,
  ) {}

  async get(key: Key): Promise<Item | undefined> {
    const { Item: item } = await this.client.send(
      new GetItemCommand({ TableName: this.name, Key: marshall(key), ConsistentRead: true }),
    );
    return item && read<Item>(item);
  }

  /**
   * The items that exist, in no order; at most 100 keys. DynamoDB may leave some for a further call.
   * @throws Error if keys are still left after several calls.
   */
  async getAll(keys: readonly Key[]): Promise<Item[]> {
    const found: Item[] = [];
    let left = keys.map((key) => marshall(key));
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === maxBatches) throw new Error(`Table ${this.name} is throttled: try again in a minute.`);
      const { Responses: responses, UnprocessedKeys: unprocessed } = await this.client.send(
        new BatchGetItemCommand({ RequestItems: { [this.name]: { Keys: left, ConsistentRead: true } } }),
      );
      found.push(...(responses?.[this.name] ?? []).map((item) => read<Item>(item)));
      left = unprocessed?.[this.name]?.Keys ?? [];
    }
    return found;
  }

  async put(item: Item, condition?: Expression): Promise<Written<Item>> {
    return this.written(() =>
      this.client.send(
        new PutItemCommand({
          TableName: this.name,
          Item: marshall(item, plain),
          ...(condition && {
            ConditionExpression: condition.expression,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            ...attributes(condition),
          }),
        }),
      ),
    );
  }

  /**
   * An update without a condition creates the item if there is none.
   * @param options.before returns the item as it was before the update rather than after it.
   */
  async update(
    key: Key,
    update: Expression,
    condition?: Expression,
    options: { readonly before?: boolean } = {},
  ): Promise<Written<Item>> {
    return this.written(() =>
      this.client.send(
        new UpdateItemCommand({
          TableName: this.name,
          Key: marshall(key),
          UpdateExpression: update.expression,
          ReturnValues: options.before === true ? 'ALL_OLD' : 'ALL_NEW',
          ...(condition && {
            ConditionExpression: condition.expression,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
          ...attributes(update, condition),
        }),
      ),
    );
  }

  async delete(key: Key, condition?: Expression): Promise<Written<Item>> {
    return this.written(() =>
      this.client.send(
        new DeleteItemCommand({
          TableName: this.name,
          Key: marshall(key),
          ReturnValues: 'ALL_OLD',
          ...(condition && {
            ConditionExpression: condition.expression,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            ...attributes(condition),
          }),
        }),
      ),
    );
  }

  /** All items that match, page by page; `backwards` gives the greatest sort key first. */
  async query(
    where: Expression,
    options: { index?: string; filter?: Expression; backwards?: boolean; limit?: number } = {},
  ): Promise<Item[]> {
    const found: Item[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.name,
        KeyConditionExpression: where.expression,
        // A global secondary index has no consistent reads.
        ...(options.index ? { IndexName: options.index } : { ConsistentRead: true }),
        ...(options.filter && { FilterExpression: options.filter.expression }),
        ...(options.backwards && { ScanIndexForward: false }),
        // DynamoDB applies a limit before the filter, so a limit is not passed on with a filter.
        ...(options.limit !== undefined && !options.filter && { Limit: options.limit }),
        ...attributes(where, options.filter),
      },
    );
    for await (const page of pages) {
      found.push(...(page.Items ?? []).map((item) => read<Item>(item)));
      if (options.limit !== undefined && found.length >= options.limit) return found.slice(0, options.limit);
    }
    return found;
  }

  async scan(filter?: Expression): Promise<Item[]> {
    const found: Item[] = [];
    const pages = paginateScan(
      { client: this.client },
      {
        TableName: this.name,
        ConsistentRead: true,
        ...(filter && { FilterExpression: filter.expression, ...attributes(filter) }),
      },
    );
    for await (const page of pages) found.push(...(page.Items ?? []).map((item) => read<Item>(item)));
    return found;
  }

  private async written(
    write: () => Promise<{ Attributes?: Record<string, AttributeValue> | undefined }>,
  ): Promise<Written<Item>> {
    try {
      const { Attributes: item } = await write();
      return { done: true, item: item && read<Item>(item) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { done: false, found: error.Item && read<Item>(error.Item) };
    }
  }
}
