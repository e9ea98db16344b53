import { makeCloudTrail } from '../../src/services/cloudtrail';
import { makeFakeRegion, person } from '../support/fakeRegion';

const minuteMs = 60_000;
interface Found {
  readonly Events: { EventName: string; Username: string; CloudTrailEvent: string }[];
  readonly NextToken?: string;
}

const withTrail = () => {
  const region = makeFakeRegion();
  const trail = region.add('cloudtrail', makeCloudTrail(region));
  const change = (action: string, input: unknown, service = 'autoscaling') => {
    trail.record({ caller: person, service, action, input });
  };
  const look = (input: object = {}) => region.send<Found>('cloudtrail', 'LookupEvents', input);
  return { region, trail, change, look };
};
const named = (AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue }],
});

test('A change is found some minutes after it was made, with who it was and what was asked for', async () => {
  const { region, change, look } = withTrail();
  change('UpdateAutoScalingGroup', {
    AutoScalingGroupName: 'api',
    LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' },
  });
  await region.advance(minuteMs);
  expect(await look()).toEqual({ Events: [] });
  await region.advance(4 * minuteMs);
  const { Events: events } = await look(named('UpdateAutoScalingGroup'));
  expect(events).toMatchObject([{ EventName: 'UpdateAutoScalingGroup', Username: 'ada', ReadOnly: 'false' }]);
  expect(JSON.parse(events[0]?.CloudTrailEvent ?? '')).toMatchObject({
    eventSource: 'autoscaling.amazonaws.com',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/ada' },
    requestParameters: {
      autoScalingGroupName: 'api',
      launchTemplate: { launchTemplateId: 'lt-1', version: '1' },
    },
  });
  expect(await look(named('DeletePolicy'))).toEqual({ Events: [] });
});

test('The newest come first, page by page, within the given time', async () => {
  const { region, change, look } = withTrail();
  for (const name of ['PutScalingPolicy', 'DeletePolicy', 'DeleteTags']) {
    change(name, {});
    await region.advance(minuteMs);
  }
  await region.advance(6 * minuteMs);
  const first = await look({ MaxResults: 2 });
  expect(first.Events.map(({ EventName }) => EventName)).toEqual(['DeleteTags', 'DeletePolicy']);
  const second = await look({ MaxResults: 2, NextToken: first.NextToken });
  expect(second.Events.map(({ EventName }) => EventName)).toEqual(['PutScalingPolicy']);
  expect(second.NextToken).toBeUndefined();
  const since = await look({ StartTime: new Date(region.now() - 8.5 * minuteMs) });
  expect(since.Events).toHaveLength(2);
});

test('Of one request there is one attribute, and pages are of 50 events at most', async () => {
  const { look } = withTrail();
  const { LookupAttributes: one } = named('DeleteTags');
  await expect(look({ LookupAttributes: [...one, ...one] })).rejects.toMatchObject({
    code: 'InvalidLookupAttributesException',
  });
  await expect(look({ MaxResults: 51 })).rejects.toMatchObject({ code: 'InvalidMaxResultsException' });
});

test('What functions do with data is not kept, and of changes the newest thousand are', async () => {
  const { trail, change } = withTrail();
  change('PutItem', {}, 'dynamodb');
  change('PutMetricData', {}, 'cloudwatch');
  expect(trail.state.events).toEqual([]);
  for (let count = 0; count < 1_005; count += 1) change('DeleteTags', { count });
  expect([trail.state.events.length, trail.state.events[0]?.input]).toEqual([1_000, { count: 5 }]);
});
