import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { IdentifiedMessage } from './outgoing';
import { oldestFirst, type Spool, type SpooledMessage } from './spool';

/** A DynamoDB item holds 400 KB and a message of SQS 1 MiB, so a large message is cut into parts. */
const partBytes = 350_000;

type Item = Record<string, AttributeValue>;

/**
 * Spools to a DynamoDB table whose only key is the partition key `id`, a string. Give each region one: the standby's
 * table takes messages while home is down. Needs `dynamodb:PutItem` to publish; `Scan`, `GetItem`,
 * `DeleteItem` to replay.
 */
export class DynamoDbSpool implements Spool {
  readonly name: string;

  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    name?: string,
  ) {
    this.name = name ?? `table ${tableName}`;
  }

  /** The first part is written last. Until it is there the message is not listed, so no half of a message is replayed. */
  async put({ message, spooledAt }: SpooledMessage, signal?: AbortSignal): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(message));
    const parts = Math.ceil(bytes.length / partBytes);
    const options = signal && { abortSignal: signal };
    for (let part = parts - 1; part >= 0; part -= 1) {
      const item: Item = {
        id: { S: keyOf(message.id, part) },
        content: { B: bytes.subarray(part * partBytes, (part + 1) * partBytes) },
        ...(part === 0 && { spooledAt: { N: String(spooledAt) }, parts: { N: String(parts) } }),
      };
      await this.client.send(new PutItemCommand({ TableName: this.tableName, Item: item }), options);
    }
  }

  async list(): Promise<readonly SpooledMessage[]> {
    const found: SpooledMessage[] = [];
    const pages = paginateScan(
      { client: this.client },
      {
        TableName: this.tableName,
        ConsistentRead: true,
        FilterExpression: 'attribute_exists(spooledAt)',
      },
    );
    for await (const { Items: heads = [] } of pages)
      for (const head of heads) {
        const spooled = await this.join(head);
        if (spooled) found.push(spooled);
      }
    return oldestFirst(found);
  }

  /** The first part is deleted first: a message that is half removed is not listed any more. */
  async remove(id: string): Promise<void> {
    const head = await this.read(keyOf(id, 0));
    const parts = Number(head?.parts?.N ?? 1);
    for (let part = 0; part < parts; part += 1)
      await this.client.send(
        new DeleteItemCommand({ TableName: this.tableName, Key: { id: { S: keyOf(id, part) } } }),
      );
  }

  /** Undefined where another run is removing the message. */
  private async join(head: Item): Promise<SpooledMessage | undefined> {
    const id = (head.id?.S ?? '').slice(headPrefix.length);
    const pieces = [head.content?.B];
    for (let part = 1; part < Number(head.parts?.N); part += 1)
      pieces.push((await this.read(keyOf(id, part)))?.content?.B);
    const bytes = pieces.filter((piece) => piece !== undefined);
    if (bytes.length < pieces.length) return undefined;
    const message = JSON.parse(Buffer.concat(bytes).toString()) as IdentifiedMessage;
    return { message, spooledAt: Number(head.spooledAt?.N) };
  }

  private async read(key: string): Promise<Item | undefined> {
    const { Item: item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: { id: { S: key } }, ConsistentRead: true }),
    );
    return item;
  }
}

const headPrefix = '0/';
const keyOf = (id: string, part: number): string => `${String(part)}/${id}`;
