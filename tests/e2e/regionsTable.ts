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
 * Besides the documents, the one resource of the stack that MiniStack does not make. It does not know the pseudo
 * parameter `AWS::Region` in a condition, and makes only one region's copy of a global table.
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

/** Replicates that table: an item that is put into one copy is put into the other. */
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
