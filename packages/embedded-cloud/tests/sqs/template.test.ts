import { Cloud } from '../../src/core/cloud';
import { install } from '../../src/template/install';

test('a template’s FIFO queue is one, and takes truth values as CloudFormation does, as strings too', async () => {
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
  await install(cloud, { template: { Resources }, bundles: {} } as never, { region: 'eu-west-1' });
  expect(cloud.region('eu-west-1').service('sqs').queue('orders.fifo')).toMatchObject({
    fifo: {
      contentBasedDeduplication: true,
      deduplicationScope: 'messageGroup',
      throughputLimit: 'perMessageGroupId',
    },
    waitSeconds: 20,
  });
});
