import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { account } from './emulators';
import type { Call } from './proxy/call';
import { regions, type World } from './world';

const name = 'forseti-production-regions';

/**
 * The one resource of the stack, besides the documents, that MiniStack does not make: it does not know the pseudo parameter
 * `AWS::Region` in a condition, and of a global table it makes one region's copy.
 */
export const makeRegionsTable = async ({ connect, template }: World): Promise<void> => {
  const properties = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::DynamoDB::GlobalTable',
  )?.Properties as CreateTableCommandInput | undefined;
  const { AttributeDefinitions, KeySchema } = properties ?? {};
  for (const region of Object.values(regions))
    await connect(DynamoDBClient, region).send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions,
        KeySchema,
      }),
    );
};

/** Plays the replication of that table: what is put into one copy is put into the other. */
export const replicateTo =
  (ministack: string) =>
  async ({ service, action, region }: Call, body: Buffer): Promise<void> => {
    if (service !== 'dynamodb' || action !== 'PutItem') return;
    const { TableName, Item } = JSON.parse(body.toString('utf8')) as PutItemCommandInput;
    if (TableName !== name) return;
    const other = Object.values(regions).find((one) => one !== region);
    const client = new DynamoDBClient({
      ...(other !== undefined && { region: other }),
      endpoint: ministack,
      credentials: { accessKeyId: account, secretAccessKey: 'test' },
    });
    await client.send(new PutItemCommand({ TableName, Item }));
  };
