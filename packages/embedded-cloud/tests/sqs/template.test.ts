import { Cloud } from '../../src/cloud/cloud';
import type { CloudFormationTemplate, Compiled } from '../../src/template/compiled';
import { installStack } from '../../src/cloudformation/install';

const compiledOf = (Resources: object): Compiled => ({
  hash: 'h',
  template: { Resources } as CloudFormationTemplate,
  bundles: {},
});

test('A template’s FIFO queue is one, and takes truth values as CloudFormation does, as strings too', async () => {
  const cloud = Cloud.make();
  const Properties = {
    QueueName: 'orders.fifo',
    FifoQueue: true,
    ContentBasedDeduplication: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    ReceiveMessageWaitTimeSeconds: 20,
  };
  const Resources = { Orders: { Type: 'AWS::SQS::Queue', Properties } };
  await installStack(cloud, compiledOf(Resources), {
    region: 'eu-west-1',
    stackName: 'shop',
  });
  expect(cloud.region('eu-west-1').service('sqs').queue('orders.fifo')).toMatchObject({
    fifo: {
      contentBasedDeduplication: true,
      deduplicationScope: 'messageGroup',
      throughputLimit: 'perMessageGroupId',
    },
    waitSeconds: 20,
  });
});
