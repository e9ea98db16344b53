import { makeEvents } from '../../src/services/events';
import type { Target } from '../../src/events/state';
import { makeSqs } from '../../src/services/sqs';
import { makeSns } from '../../src/services/sns';
import { AwsError } from '../../src/core/errors';
import { TestRegion } from '../states/testRegion';

const arn = (name: string) => `arn:aws:sqs:eu-west-1:111122223333:${name}`;
const ruleArn = 'arn:aws:events:eu-west-1:111122223333:rule/image';
const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:look';
const open = {
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: '*',
} as const;

const make = (target: Partial<Target> = {}) => {
  const testRegion = new TestRegion();
  const sqs = makeSqs(testRegion.region);
  const events = makeEvents(testRegion.region);
  Object.assign(testRegion.services, { sqs, events, sns: makeSns(testRegion.region) });
  for (const name of ['waiting', 'dead']) sqs.createQueue({ name, policy: [open] });
  const targets = [{ Id: 'waiting', Arn: arn('waiting'), ...target }];
  events.createRule({ name: 'image', enabled: true, pattern: { source: ['aws.ec2'] }, targets });
  const emit = () =>
    events.put({ source: 'aws.ec2', detailType: 'EC2 AMI State Change', detail: { ImageId: 'ami-1' } });
  const bodies = (queue: string) => sqs.queue(queue)?.messages.map(({ body }) => body) ?? [];
  return { testRegion, sqs, events, emit, bodies };
};

describe('An event', () => {
  test('Reaches the queue as AWS words it, after the bus’s delay', async () => {
    const { testRegion, emit, bodies, sqs } = make();
    emit();
    await testRegion.pass(499);
    expect(bodies('waiting')).toEqual([]);
    await testRegion.pass(1);
    expect(JSON.parse(bodies('waiting')[0] ?? '')).toEqual({
      version: '0',
      id: expect.any(String) as string,
      'detail-type': 'EC2 AMI State Change',
      source: 'aws.ec2',
      account: '111122223333',
      time: '2026-11-22T08:00:00Z',
      region: 'eu-west-1',
      resources: [],
      detail: { ImageId: 'ami-1' },
    });
    expect(sqs.queue('waiting')?.messages[0]?.senderId).toBe('events.amazonaws.com');
  });

  test.each<[readonly number[], number]>([
    [[], 0],
    [[0, 3000], 2],
    [[60_000], 1],
  ])('Under the fault %j arrives %i times', async (delays, count) => {
    const { testRegion, emit, bodies } = make();
    testRegion.faults = { event: () => delays };
    emit();
    await testRegion.pass(61_000);
    expect(bodies('waiting')).toHaveLength(count);
  });

  test.each<[string, Partial<Target>, string]>([
    ['a path', { InputPath: '$.detail' }, '{"ImageId":"ami-1"}'],
    ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
    [
      'a template',
      {
        InputTransformer: {
          InputPathsMap: { id: '$.detail.ImageId', all: '$.detail' },
          InputTemplate: '{"text":"image <id>","id":<id>,"all":<all>}',
        },
      },
      '{"text":"image ami-1","id":"ami-1","all":{"ImageId":"ami-1"}}',
    ],
  ])('Is given to the target by %s', async (_what, target, body) => {
    const { testRegion, emit, bodies } = make(target);
    emit();
    await testRegion.pass(1000);
    expect(bodies('waiting')).toEqual([body]);
  });

  test('Whose queue does not let the rule send goes to the dead letters at once, with the reason', async () => {
    const { testRegion, emit, bodies, sqs } = make({ DeadLetterConfig: { Arn: arn('dead') } });
    const queue = sqs.queue('waiting');
    if (queue)
      queue.policy = [{ ...open, Condition: { ArnEquals: { 'aws:SourceArn': `${ruleArn}-other` } } }];
    emit();
    await testRegion.pass(1000);
    expect([bodies('waiting').length, bodies('dead').length]).toEqual([0, 1]);
    expect(sqs.queue('dead')?.messages[0]?.attributes).toMatchObject({
      RULE_ARN: { StringValue: ruleArn },
      ERROR_CODE: { StringValue: 'AccessDenied' },
      RETRY_ATTEMPTS: { StringValue: '0' },
    });
  });

  test('Whose target keeps failing is tried again as long as the rule says, then dead-lettered', async () => {
    const { testRegion, emit, bodies, sqs } = make({
      DeadLetterConfig: { Arn: arn('dead') },
      RetryPolicy: { MaximumRetryAttempts: 3 },
    });
    let tries = 0;
    const send = sqs.send.bind(sqs);
    sqs.send = (...parameters) => {
      if (parameters[0] !== arn('waiting')) return send(...parameters);
      tries += 1;
      throw new AwsError('InternalError', 'not now');
    };
    emit();
    await testRegion.pass(86_400_000);
    expect([tries, bodies('dead').length]).toEqual([4, 1]);
    expect(sqs.queue('dead')?.messages[0]?.attributes.EXHAUSTED_RETRY_CONDITION?.StringValue).toBe(
      'MaximumRetryAttempts',
    );
  });

  test('For a function that does not permit the rule is dropped, and noted', async () => {
    const { testRegion, emit, events } = make({ Arn: functionArn });
    const seen: unknown[] = [];
    testRegion.functions.look = async (event) => void seen.push(event);
    emit();
    await testRegion.pass(1000);
    expect([seen.length, events.state.dropped.length]).toEqual([0, 1]);
    events.permit({ functionArn, principal: 'events.amazonaws.com', sourceArn: ruleArn });
    emit();
    await testRegion.pass(1000);
    expect(seen).toHaveLength(1);
  });
});

describe('A schedule', () => {
  test('Fires again and again', async () => {
    const { testRegion, events, bodies } = make();
    const targets = [{ Id: 'sweep', Arn: arn('waiting') }];
    events.createRule({ name: 'sweep', enabled: true, schedule: 'rate(1 minute)', targets });
    await testRegion.pass(181_000);
    expect(bodies('waiting').map((body) => (JSON.parse(body) as { time: string }).time)).toEqual([
      '2026-11-22T08:01:00Z',
      '2026-11-22T08:02:00Z',
      '2026-11-22T08:03:00Z',
    ]);
  });
});

describe('PutEvents', () => {
  test('Takes and refuses each entry by itself', async () => {
    const { testRegion } = make();
    const entry = { Source: 'acme.ci', DetailType: 'Git Tag Pushed', Detail: '{}' };
    const Entries = [
      entry,
      { ...entry, Detail: 'no' },
      { ...entry, Source: 'aws.ec2' },
      { ...entry, Source: '' },
    ];
    const answer = await testRegion.call('events', 'PutEvents', { Entries });
    expect(answer).toMatchObject({
      FailedEntryCount: 3,
      Entries: [
        { EventId: expect.any(String) as string },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'NotAuthorizedForSourceException' },
        { ErrorCode: 'InvalidArgument' },
      ],
    });
  });

  test.each([0, 11])('Refuses %i entries', async (length) => {
    const Entries = Array.from({ length }, () => ({ Source: 'a', DetailType: 'b', Detail: '{}' }));
    await expect(make().testRegion.call('events', 'PutEvents', { Entries })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});
