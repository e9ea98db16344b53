import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

interface Order {
  readonly id: string;
  readonly cents: number;
}

const dynamodb = new DynamoDBClient({});

/** Notes that an order is paid. A repeated try writes the same. */
export const handler = async ({ id, cents }: Order): Promise<void> => {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: process.env.TABLE,
      Key: { id: { S: id } },
      UpdateExpression: 'SET paidCents = :cents, paidAt = :now',
      ExpressionAttributeValues: { ':cents': { N: String(cents) }, ':now': { S: new Date().toISOString() } },
    }),
  );
};
