import { changesOfGroup, usesOtherTemplate } from '../../../lib/rollout/externalChanges';

const arn = (name: string) => `arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/${name}/1`;
const before = { min: 2, max: 10, targetGroups: [arn('web')] };
const group = { name: 'api', min: 2, max: 10, targetGroupArns: [arn('web')] };

test.each<[string, Partial<typeof group>, RegExp[]]>([
  ['nothing', {}, []],
  ['the minimum', { min: 3 }, [/minimum of group api was 2 .* is 3 now/]],
  ['the maximum', { max: 30 }, [/maximum of group api was 10 .* is 30 now/]],
  [
    'another target group',
    { targetGroupArns: [arn('web'), arn('admin')] },
    [/group admin was attached to group api/],
  ],
  ['one target group less', { targetGroupArns: [] }, [/group web was detached from group api/]],
])('What somebody changes of a group meanwhile is told: %s', (_, more, texts) => {
  expect(changesOfGroup(before, { ...group, ...more })).toEqual(
    texts.map((text) => expect.stringMatching(text) as string),
  );
});

test('A deployment that kept nothing of the group tells no change', () => {
  expect(changesOfGroup(undefined, group)).toEqual([]);
});

test.each([
  ['what it used before', '4', false],
  ['what the deployment made', '6', false],
  ['what the deployment goes back to', '3', false],
  ['anything else', '7', true],
  ['the latest', '$Latest', true],
])('The group uses %s', (_, version, other) => {
  const record = {
    groupTemplate: { id: 'lt-1', version: '4' },
    baseline: { launchTemplate: { id: 'lt-1', version: '3' } },
    launchTemplate: { id: 'lt-1', version: '6' },
  };
  expect(usesOtherTemplate(record, { launchTemplate: { id: 'lt-1', name: 'api', version } })).toBe(other);
});
