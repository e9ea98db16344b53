import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { nameOf } from '../aws/failure';
import { ownQueues } from '../aws/stackNames';
import { functionOf, listEventSourceMappings } from '../aws/eventSourceMappings';
import type { QueueFact } from './facts';
import type { HealthSource } from './source';

const isMissing = (error: unknown): boolean => /QueueDoesNotExist|NonExistentQueue/.test(nameOf(error));

const queueFact = async ({ connect, names }: HealthSource, name: string): Promise<QueueFact> => {
  const sqs = connect(SQSClient);
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: names.queueName(name) }));
    const { Attributes: attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
      }),
    );
    const mappings = name.endsWith('-dead')
      ? []
      : await listEventSourceMappings(connect(LambdaClient), attributes.QueueArn ?? '');
    return {
      name,
      found: true,
      visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
      consumers: mappings.map((one) => ({ function: functionOf(one), state: one.State ?? '' })),
    };
  } catch (error) {
    if (isMissing(error)) return { name, found: false, visible: 0, consumers: [] };
    throw error;
  }
};

/** The queues that people have to do with, and their dead letters. */
export const queueFacts = (source: HealthSource): Promise<QueueFact[]> =>
  Promise.all(ownQueues.map((name) => queueFact(source, name)));
