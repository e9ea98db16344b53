import { Cloud } from '../../src/cloud/cloud';

const rule = {
  name: 'tags',
  enabled: true,
  pattern: { source: ['forseti.ci', 'aws.ec2'] },
  targets: [
    {
      Id: 'queue',
      Arn: 'arn:aws:sqs:eu-west-1:111122223333:tags',
      InputTransformer: {
        InputPathsMap: { time: '$.time' },
        InputTemplate: '{"time": <time>, "ingested": <aws.events.event.ingestion-time>}',
      },
    },
  ],
} as const;

const make = () => {
  const cloud = Cloud.make({ startAt: Date.UTC(2026, 10, 22, 8) });
  const region = cloud.region(cloud.home);
  const Principal = { Service: 'events.amazonaws.com' };
  const allow = { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: '*' } as const;
  region.service('sqs').createQueue({ name: 'tags', policy: [allow] });
  region.service('events').createRule({ ...rule, targets: [...rule.targets] });
  const seen = async () => {
    await cloud.advance(5_000);
    const messages = region.service('sqs').queue('tags')?.messages ?? [];
    return messages.map(({ body }) => JSON.parse(body) as unknown);
  };
  return { cloud, seen };
};

const event = { Source: 'forseti.ci', DetailType: 'Git Tag Pushed', Detail: { tag: 'v2' } };

test.each([
  ['its caller says', '2026-11-20T12:00:00.500Z', '2026-11-20T12:00:00Z'],
  ['a caller of tomorrow says', '2026-11-23T08:00:00Z', '2026-11-23T08:00:00Z'],
  ['it was put', undefined, '2026-11-22T08:00:00Z'],
])('The time of an event is when %s.', async (_, Time, time) => {
  const { cloud, seen } = make();
  await cloud.run(() => cloud.putEvent(cloud.home, { ...event, ...(Time !== undefined && { Time }) }));
  expect(await seen()).toEqual([{ time, ingested: '2026-11-22T08:00:00Z' }]);
});

test('An event of AWS itself can be told to have happened before.', async () => {
  const { cloud, seen } = make();
  const Time = '2026-11-22T07:00:00Z';
  await cloud.run(() => cloud.putEvent(cloud.home, { ...event, Source: 'aws.ec2', Time }));
  expect(await seen()).toMatchObject([{ time: Time }]);
});
