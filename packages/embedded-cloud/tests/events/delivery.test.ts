import { makeEvents } from '../../src/events/service';
import type { Target } from '../../src/events/state';
import { makeSqs } from '../../src/sqs/service';
import { makeSns } from '../../src/sns/service';
import { AwsError } from '../../src/errors';
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
  const test = new TestRegion();
  const sqs = makeSqs(test.region);
  const events = makeEvents(test.region);
  Object.assign(test.services, { sqs, events, sns: makeSns(test.region) });
  for (const name of ['waiting', 'dead']) sqs.createQueue({ name, policy: [open] });
  const targets = [{ Id: 'waiting', Arn: arn('waiting'), ...target }];
  events.createRule({ name: 'image', enabled: true, pattern: { source: ['aws.ec2'] }, targets });
  const emit = () =>
    events.put({ source: 'aws.ec2', detailType: 'EC2 AMI State Change', detail: { ImageId: 'ami-1' } });
  const bodies = (queue: string) => sqs.queue(queue)?.messages.map(({ body }) => body) ?? [];
  return { test, sqs, events, emit, bodies };
};

describe('an event', () => {
  it('reaches the queue as AWS words it, after the bus’s delay', async () => {
    const { test, emit, bodies, sqs } = make();
    emit();
    await test.pass(499);
    expect(bodies('waiting')).toEqual([]);
    await test.pass(1);
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

  it.each<[readonly number[], number]>([
    [[], 0],
    [[0, 3000], 2],
    [[60_000], 1],
  ])('under the fault %j arrives %i times', async (delays, count) => {
    const { test, emit, bodies } = make();
    test.faults = { event: () => delays };
    emit();
    await test.pass(61_000);
    expect(bodies('waiting')).toHaveLength(count);
  });

  it.each<[string, Partial<Target>, string]>([
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
  ])('is given to the target by %s', async (_what, target, body) => {
    const { test, emit, bodies } = make(target);
    emit();
    await test.pass(1000);
    expect(bodies('waiting')).toEqual([body]);
  });

  it('whose queue does not let the rule send goes to the dead letters at once, with the reason', async () => {
    const { test, emit, bodies, sqs } = make({ DeadLetterConfig: { Arn: arn('dead') } });
    const queue = sqs.queue('waiting');
    if (queue)
      queue.policy = [{ ...open, Condition: { ArnEquals: { 'aws:SourceArn': `${ruleArn}-other` } } }];
    emit();
    await test.pass(1000);
    expect([bodies('waiting').length, bodies('dead').length]).toEqual([0, 1]);
    expect(sqs.queue('dead')?.messages[0]?.attributes).toMatchObject({
      RULE_ARN: { StringValue: ruleArn },
      ERROR_CODE: { StringValue: 'AccessDenied' },
      RETRY_ATTEMPTS: { StringValue: '0' },
    });
  });

  it('whose target keeps failing is tried again as long as the rule says, then dead-lettered', async () => {
    const { test, emit, bodies, sqs } = make({
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
    await test.pass(86_400_000);
    expect([tries, bodies('dead').length]).toEqual([4, 1]);
    expect(sqs.queue('dead')?.messages[0]?.attributes.EXHAUSTED_RETRY_CONDITION?.StringValue).toBe(
      'MaximumRetryAttempts',
    );
  });

  it('for a function that does not permit the rule is dropped, and noted', async () => {
    const { test, emit, events } = make({ Arn: functionArn });
    const seen: unknown[] = [];
    test.functions.look = async (event) => void seen.push(event);
    emit();
    await test.pass(1000);
    expect([seen.length, events.state.dropped.length]).toEqual([0, 1]);
    events.permit({ functionArn, principal: 'events.amazonaws.com', sourceArn: ruleArn });
    emit();
    await test.pass(1000);
    expect(seen).toHaveLength(1);
  });
});

describe('a schedule', () => {
  it('fires again and again', async () => {
    const { test, events, bodies } = make();
    const targets = [{ Id: 'sweep', Arn: arn('waiting') }];
    events.createRule({ name: 'sweep', enabled: true, schedule: 'rate(1 minute)', targets });
    await test.pass(181_000);
    expect(bodies('waiting').map((body) => (JSON.parse(body) as { time: string }).time)).toEqual([
      '2026-11-22T08:01:00Z',
      '2026-11-22T08:02:00Z',
      '2026-11-22T08:03:00Z',
    ]);
  });
});

describe('PutEvents', () => {
  it('takes and refuses each entry by itself', async () => {
    const { test } = make();
    const entry = { Source: 'forseti.ci', DetailType: 'Git Tag Pushed', Detail: '{}' };
    const Entries = [
      entry,
      { ...entry, Detail: 'no' },
      { ...entry, Source: 'aws.ec2' },
      { ...entry, Source: '' },
    ];
    const answer = await test.call('events', 'PutEvents', { Entries });
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

  it.each([0, 11])('refuses %i entries', async (length) => {
    const Entries = Array.from({ length }, () => ({ Source: 'a', DetailType: 'b', Detail: '{}' }));
    await expect(make().test.call('events', 'PutEvents', { Entries })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});
