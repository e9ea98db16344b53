import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { mockClient } from 'aws-sdk-client-mock';
import { type TrailAsked, askTrail } from '../../../lib/drift/trail';

const now = Date.UTC(2026, 10, 22, 9);
const minuteMs = 60_000;
const place = { region: 'eu-west-1', ownPrefix: 'forseti-production-' };
const asked: TrailAsked = {
  key: 'template|x',
  question: { actions: ['UpdateAutoScalingGroup'], mentions: ['api'], members: ['launchTemplate'] },
  since: now - 60 * minuteMs,
};

const event = (minutesAgo: number, record: object) => ({
  EventName: 'UpdateAutoScalingGroup',
  EventTime: new Date(now - minutesAgo * minuteMs),
  Username: 'somebody',
  CloudTrailEvent: JSON.stringify(record),
});
const request = { autoScalingGroupName: 'api', launchTemplate: { version: '1' } };
const by = (arn: string, more: object = {}) => ({
  userIdentity: { arn },
  requestParameters: request,
  ...more,
});

const cloudTrail = mockClient(CloudTrailClient);
beforeEach(() => cloudTrail.reset());
const answer = async (events: readonly object[], question: TrailAsked = asked) => {
  cloudTrail.on(LookupEventsCommand).resolves({ Events: events as never });
  return (await askTrail(new CloudTrailClient({}), place, [question], now)).get(question.key);
};

test.each<[string, readonly object[], RegExp]>([
  [
    'the newest who fits',
    [event(9, by('old')), event(5, by('new'))],
    /^UpdateAutoScalingGroup by new at 2026-11-22T08:55:00Z$/,
  ],
  [
    'with which tool',
    [event(5, by('ci', { userAgent: 'HashiCorp Terraform/1.9' }))],
    /by ci with Terraform at/,
  ],
  [
    'through which service',
    [event(5, by('ci', { sourceIPAddress: 'cloudformation.amazonaws.com' }))],
    /by ci through cloudformation\.amazonaws\.com at/,
  ],
  [
    'nobody whose call was refused',
    [event(5, by('mallory', { errorCode: 'AccessDenied' }))],
    /^unknown: CloudTrail names nobody since/,
  ],
  [
    'nobody who changed something else',
    [
      event(5, by('size', { requestParameters: { autoScalingGroupName: 'api', minSize: 1 } })),
      event(6, by('web', { requestParameters: { ...request, autoScalingGroupName: 'api-web' } })),
    ],
    /^unknown: CloudTrail names nobody/,
  ],
  ['nobody from before the release', [event(90, by('old'))], /^unknown: CloudTrail names nobody/],
  [
    'nobody from before our own last change',
    [event(5, by('arn:aws:sts::1:assumed-role/forseti-production-Rollout/x')), event(9, by('old'))],
    /^unknown: CloudTrail names nobody .*To look again: aws cloudtrail lookup-events .*UpdateAutoScalingGroup --region eu-west-1$/,
  ],
  ['nobody of whom it tells nothing', [{ EventName: 'UpdateAutoScalingGroup' }], /^unknown/],
])('CloudTrail tells who it was: %s', async (_, events, expected) => {
  expect(await answer(events)).toMatch(expected);
});

test('A refusal is said, and is no error', async () => {
  cloudTrail
    .on(LookupEventsCommand)
    .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  const who = await askTrail(new CloudTrailClient({}), place, [asked], now);
  expect(who.get(asked.key)).toMatch(/^unknown: CloudTrail could not be asked \(AccessDeniedException: no\)/);
});

test('Each action is asked for once, eight at most, and never further back than its history', async () => {
  cloudTrail.on(LookupEventsCommand).resolves({});
  const questions = Array.from({ length: 12 }, (_, index) => ({
    key: String(index),
    question: { actions: [`Action${String(index)}`, 'Common'], mentions: [] },
    since: 0,
  }));
  const who = await askTrail(new CloudTrailClient({}), place, questions, now);
  const calls = cloudTrail.commandCalls(LookupEventsCommand);
  expect(calls).toHaveLength(8);
  expect(calls[0]?.args[0].input.StartTime).toEqual(new Date(now - 90 * 24 * 60 * minuteMs));
  expect(who.get('11')).toMatch(/was not asked about so many differences at once/);
});
