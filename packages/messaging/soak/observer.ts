import type {
  BatchWriteItemCommandInput,
  PutItemCommandInput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { type AnyAction, type DynamoDbService, makeDynamoDb, type Region } from './embeddedCloud';

type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/**
 * Sees every write that a region's DynamoDB takes, as a stream of the tables would. What consumers believe or count plays
 * no part.
 *
 * An order is sold when a region takes its write and held it as unsold until then. A second sale of one order is an effect
 * done twice. A write that finds its order sold is a repeat of the same effect, which changes nothing.
 */
export class Observer {
  /** How often each order was sold. */
  readonly sales = new Map<string, number>();
  /** Writes that found their own effect done. */
  repeats = 0;
  /** Effects begun under a lease that was given after the done mark: what deduplication exists to prevent. */
  begunAfterDone = 0;
  /** The fence of each done mark. */
  private readonly done = new Map<string, number>();

  constructor(private readonly names: { readonly marks: string; readonly orders: string }) {}

  /** A region's DynamoDB, whose writes are observed. */
  watch(region: Region): DynamoDbService {
    const service = makeDynamoDb(region);
    const { PutItem: put, BatchWriteItem: batchWrite, UpdateItem: update } = service.actions;
    if (!put || !batchWrite || !update) throw new Error('The embedded DynamoDB lacks an action.');
    const actions = {
      ...service.actions,
      PutItem: this.after<PutItemCommandInput>(put, (input) => {
        if (input.TableName === this.names.marks) this.sawMark(input.Item);
      }),
      BatchWriteItem: this.after<BatchWriteItemCommandInput>(batchWrite, ({ RequestItems: requests }) => {
        for (const { PutRequest } of requests?.[this.names.marks] ?? []) this.sawMark(PutRequest?.Item);
      }),
      UpdateItem: this.watchSales(update),
    };
    return { ...service, actions };
  }

  private after<Input>(action: AnyAction, look: (input: Input) => void): AnyAction {
    return {
      ...action,
      run: async (input: Input, ...rest) => {
        const output = await action.run(input, ...rest);
        look(input);
        return output;
      },
    };
  }

  /** Asks DynamoDB for the item as it was before, whatever the consumer asks for. */
  private watchSales(update: AnyAction): AnyAction {
    return {
      ...update,
      run: async (input: UpdateItemCommandInput, ...rest) => {
        if (input.TableName !== this.names.orders) return update.run(input, ...rest);
        const id = input.Key?.id?.S ?? '';
        const fence = Number(input.ExpressionAttributeValues?.[':fence']?.N);
        if (fence > (this.done.get(id) ?? Infinity)) this.begunAfterDone += 1;
        const before = (await update.run({ ...input, ReturnValues: 'ALL_OLD' }, ...rest)) as Pick<
          UpdateItemCommandOutput,
          'Attributes'
        >;
        if (before.Attributes?.soldBy) this.repeats += 1;
        else this.sales.set(id, (this.sales.get(id) ?? 0) + 1);
        return {};
      },
    };
  }

  private sawMark(item: Item | undefined): void {
    if (item?.doneAt === undefined) return;
    const id = (item.id?.S ?? '').split('/').slice(1).join('/');
    if (!this.done.has(id)) this.done.set(id, Number(item.fence?.N));
  }
}
