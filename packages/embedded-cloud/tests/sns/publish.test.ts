import { makeSns } from '../../src/services/sns';
import { makeSqs } from '../../src/services/sqs';
import { startAt, TestRegion } from '../states/testRegion';

const topicArn = 'arn:aws:sns:eu-west-1:111122223333:notifications';
const queueArn = 'arn:aws:sqs:eu-west-1:111122223333:inbox';

const make = () => {
  const testRegion = new TestRegion();
  const sns = makeSns(testRegion.region);
  const sqs = makeSqs(testRegion.region);
  Object.assign(testRegion.services, { sns, sqs });
  sns.createTopic('notifications');
  const publish = (input: object) =>
    testRegion.call('sns', 'Publish', { TopicArn: topicArn, Message: 'm', ...input });
  return { testRegion, sns, sqs, publish };
};

describe('A published message', () => {
  test('Is kept with its subject and time', async () => {
    const { sns, publish } = make();
    const { MessageId } = (await publish({ Subject: 'Deployed', Message: 'v2' })) as { MessageId: string };
    expect(sns.state.published).toEqual([
      { id: MessageId, topicArn, at: startAt, subject: 'Deployed', message: 'v2' },
    ]);
  });

  test.each([
    [{ TopicArn: `${topicArn}-none` }, 'NotFound'],
    [{ Message: '' }, 'InvalidParameter'],
    [{ Message: 'x'.repeat(262_145) }, 'InvalidParameter'],
    [{ Subject: 'two\nlines' }, 'InvalidParameter'],
    [{ Subject: 'x'.repeat(100) }, 'InvalidParameter'],
    [{ MessageStructure: 'xml' }, 'InvalidParameter'],
    [{ MessageStructure: 'json', Message: 'no JSON' }, 'InvalidParameter'],
    [{ MessageStructure: 'json', Message: '["default"]' }, 'InvalidParameter'],
    [{ MessageStructure: 'json', Message: '{"https":"x"}' }, 'InvalidParameter'],
    [{ MessageStructure: 'json', Message: '{"default":{"a":1}}' }, 'InvalidParameter'],
  ])('That AWS refuses is refused', async (input, code) => {
    await expect(make().publish(input)).rejects.toMatchObject({ code });
  });

  test('Reaches a subscribed queue only if the queue’s policy lets the topic send', async () => {
    const { testRegion, sns, sqs, publish } = make();
    sqs.createQueue({ name: 'inbox' });
    sns.subscribe({ topicArn, protocol: 'sqs', endpoint: queueArn, rawMessageDelivery: false });
    await publish({});
    await testRegion.pass(1000);
    const queue = sqs.queue('inbox');
    expect(queue?.messages).toEqual([]);
    const allowed = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn,
    } as const;
    if (queue) queue.policy = [allowed];
    await publish({ Message: 'again' });
    await testRegion.pass(1000);
    expect(queue?.messages.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { Type: 'Notification', Message: 'again' },
    ]);
  });

  test('Is told to each protocol in its own words, and to the others in the default ones', async () => {
    const { testRegion, sns, publish } = make();
    const seen: unknown[] = [];
    testRegion.functions.notify = async (event) => void seen.push(event);
    const endpoint = 'arn:aws:lambda:eu-west-1:111122223333:function:notify';
    sns.subscribe({ topicArn, protocol: 'lambda', endpoint, rawMessageDelivery: false });
    const Message = JSON.stringify({ default: 'plain', lambda: 'to functions', https: 7, pigeon: 'coo' });
    await publish({ MessageStructure: 'json', Message });
    await publish({ MessageStructure: 'json', Message: '{"default":"plain"}' });
    await testRegion.pass(1000);
    expect(seen).toMatchObject([
      { Records: [{ Sns: { Message: 'to functions' } }] },
      { Records: [{ Sns: { Message: 'plain' } }] },
    ]);
    expect(sns.state.published[0]).toMatchObject({
      message: 'plain',
      byProtocol: { lambda: 'to functions' },
    });
    expect(Object.keys(sns.state.published[0]?.byProtocol ?? {})).toEqual(['lambda']);
  });

  test('Reaches a subscribed function as a record', async () => {
    const { testRegion, sns, publish } = make();
    const seen: unknown[] = [];
    testRegion.functions.notify = async (event) => void seen.push(event);
    const endpoint = 'arn:aws:lambda:eu-west-1:111122223333:function:notify';
    sns.subscribe({ topicArn, protocol: 'lambda', endpoint, rawMessageDelivery: false });
    await publish({ Message: 'hello' });
    await testRegion.pass(1000);
    expect(seen).toMatchObject([
      { Records: [{ EventSource: 'aws:sns', Sns: { Message: 'hello', TopicArn: topicArn } }] },
    ]);
  });
});
