/** Creates resources of SQS, SNS and EventBridge. */
import { statementsOf } from '../iam/statement';
import type { Target } from '../events/state';
import type { Subscription } from '../sns/state';
import type { Queue } from '../sqs/state';
import type { QueueOptions } from '../sqs/queues';
import type { Create } from './installed';
import { defined, list, object, optionalNumber, optionalText, type Properties, text } from './properties';

const redriveOf = (value: unknown): Queue['redrive'] => {
  if (value === undefined) return undefined;
  const policy = (typeof value === 'string' ? JSON.parse(value) : value) as Record<string, unknown>;
  return {
    deadLetterTargetArn: text(policy, 'deadLetterTargetArn'),
    maxReceiveCount: optionalNumber(policy, 'maxReceiveCount') ?? 10,
  };
};

/** CloudFormation also accepts booleans as strings. */
const isTrue = (value: unknown): boolean => value === true || value === 'true';

const fifoOf = (properties: Properties): Queue['fifo'] =>
  isTrue(properties.FifoQueue)
    ? {
        contentBasedDeduplication: isTrue(properties.ContentBasedDeduplication),
        deduplicationScope: properties.DeduplicationScope === 'messageGroup' ? 'messageGroup' : 'queue',
        throughputLimit:
          properties.FifoThroughputLimit === 'perMessageGroupId' ? 'perMessageGroupId' : 'perQueue',
      }
    : undefined;

export const createQueue: Create = ({ attributes, properties }, { region }) => {
  region.service('sqs').createQueue(
    defined<QueueOptions>({
      name: attributes.QueueName,
      visibilityTimeoutSeconds: optionalNumber(properties, 'VisibilityTimeout'),
      delaySeconds: optionalNumber(properties, 'DelaySeconds'),
      retentionSeconds: optionalNumber(properties, 'MessageRetentionPeriod'),
      maximumMessageBytes: optionalNumber(properties, 'MaximumMessageSize'),
      waitSeconds: optionalNumber(properties, 'ReceiveMessageWaitTimeSeconds'),
      redrive: redriveOf(properties.RedrivePolicy),
      fifo: fifoOf(properties),
    }),
  );
};

export const createQueuePolicy: Create = ({ properties }, { region }) => {
  for (const url of list<string>(properties, 'Queues')) {
    const queue = region.service('sqs').queue(url.slice(url.lastIndexOf('/') + 1));
    if (!queue) throw new Error(`there is no queue ${url}`);
    queue.policy = statementsOf([properties.PolicyDocument]);
  }
};

const protocols = ['sqs', 'lambda', 'email', 'https'] as const;

const protocolOf = (name: string): Subscription['protocol'] => {
  const known = protocols.find((protocol) => protocol === name);
  if (!known) throw new Error(`subscriptions by ${name} are not modelled`);
  return known;
};

export const createTopic: Create = ({ ref, attributes, properties }, { region }) => {
  const sns = region.service('sns');
  sns.createTopic(attributes.TopicName ?? '');
  for (const { Protocol, Endpoint } of list<{ Protocol: string; Endpoint: string }>(
    properties,
    'Subscription',
  )) {
    sns.subscribe({
      topicArn: ref,
      protocol: protocolOf(Protocol),
      endpoint: Endpoint,
      rawMessageDelivery: false,
    });
  }
};

export const createSubscription: Create = ({ properties }, { region }) => {
  if (properties.FilterPolicy !== undefined) throw new Error('FilterPolicy is not modelled');
  region.service('sns').subscribe({
    topicArn: text(properties, 'TopicArn'),
    protocol: protocolOf(text(properties, 'Protocol')),
    endpoint: text(properties, 'Endpoint'),
    rawMessageDelivery: properties.RawMessageDelivery === true,
  });
};

export const createTopicPolicy: Create = ({ properties }, { region }) => {
  for (const arn of list<string>(properties, 'Topics')) {
    const topic = region.service('sns').state.topics[arn];
    if (!topic) throw new Error(`there is no topic ${arn}`);
    topic.policy = statementsOf([properties.PolicyDocument]);
  }
};

export const createRule: Create = ({ ref, properties }, { region }) => {
  const bus = optionalText(properties, 'EventBusName') ?? 'default';
  if (bus !== 'default') throw new Error(`the bus ${bus} is not modelled; rules are on the default bus`);
  const schedule = optionalText(properties, 'ScheduleExpression');
  region.service('events').createRule({
    name: ref,
    enabled: (optionalText(properties, 'State') ?? 'ENABLED').startsWith('ENABLED'),
    targets: list<Target>(properties, 'Targets'),
    ...(properties.EventPattern === undefined ? {} : { pattern: object(properties, 'EventPattern') }),
    ...(schedule === undefined ? {} : { schedule }),
  });
};
