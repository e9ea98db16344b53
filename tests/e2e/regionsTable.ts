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
const isRegionsTable = (table: string | undefined): boolean => /^forseti-.+-regions$/.test(table ?? '');

/** The regions that run as a pair, each with its other. */
const others: Readonly<Record<string, string>> = {
  [regions.home]: regions.standby,
  [regions.standby]: regions.home,
  'us-east-1': 'us-west-2',
  'us-west-2': 'us-east-1',
};

/**
 * Besides the documents, the one resource of the stack that MiniStack does not make. It does not know the pseudo
 * parameter `AWS::Region` in a condition, and makes only one region's copy of a global table.
 */
export const makeRegionsTable = async ({ connect, template }: World): Promise<void> => {
  const properties = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::DynamoDB::GlobalTable',
  )?.Properties as CreateTableCommandInput | undefined;
  for (const region of Object.values(regions))
    await makeCopy(connect(DynamoDBClient, region), name, properties ?? {});
};

/** Makes a region's copy of the table, unless it is there. */
export const makeCopy = async (
  client: DynamoDBClient,
  TableName: string,
  { AttributeDefinitions, KeySchema }: Partial<CreateTableCommandInput>,
): Promise<void> => {
  try {
    await client.send(
      new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema }),
    );
  } catch (error) {
    if ((error as Error).name !== 'ResourceInUseException') throw error;
  }
};

/** Replicates that table: an item that is put into one copy is put into the other. */
export const replicateTo =
  (ministack: string) =>
  async ({ service, action, region }: Call, body: Buffer): Promise<void> => {
    if (service !== 'dynamodb' || action !== 'PutItem') return;
    const { TableName, Item } = JSON.parse(body.toString('utf8')) as PutItemCommandInput;
    if (!isRegionsTable(TableName)) return;
    const other = others[region];
    const client = new DynamoDBClient({
      ...(other !== undefined && { region: other }),
      endpoint: ministack,
      credentials: { accessKeyId: account, secretAccessKey: 'test' },
    });
    try {
      await client.send(new PutItemCommand({ TableName, Item }));
    } catch (error) {
      // A stack without a standby has one copy.
      if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    }
  };
