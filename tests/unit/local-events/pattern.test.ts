import { checkPattern, matchesPattern, type Pattern } from '../../../local/events/pattern';

const event = {
  source: 'aws.ec2',
  'detail-type': 'EC2 AMI State Change',
  resources: ['arn:aws:ec2:eu-west-1::image/ami-1', 'arn:other'],
  detail: {
    State: 'available',
    ImageId: 'ami-1',
    size: 30,
    flag: null,
    none: [],
    tags: [{ key: 'a' }, { key: 'b' }],
  },
};

describe('a pattern', () => {
  it.each<[Pattern, boolean]>([
    [{ source: ['aws.ec2', 'aws.ssm'] }, true],
    [{ source: ['aws.ssm'] }, false],
    [{ source: ['aws.ec2'], detail: { State: ['failed'] } }, false],
    [{ detail: { State: ['failed', 'available'], size: [30] } }, true],
    [{ detail: { size: ['30'] } }, false],
    [{ detail: { flag: [null] } }, true],
    [{ resources: ['arn:other'] }, true],
    [{ detail: { tags: { key: ['b'] } } }, true],
    [{ detail: { missing: ['a'] } }, false],
    [{ source: [{ prefix: 'aws.' }] }, true],
    [{ source: [{ prefix: { 'equals-ignore-case': 'AWS.' } }] }, true],
    [{ 'detail-type': [{ suffix: 'Change' }] }, true],
    [{ detail: { State: [{ 'anything-but': 'available' }] } }, false],
    [{ detail: { State: [{ 'anything-but': ['failed', 'pending'] }] } }, true],
    [{ detail: { State: [{ 'anything-but': { prefix: 'avail' } }] } }, false],
    [{ detail: { missing: [{ 'anything-but': 'a' }] } }, false],
    [{ detail: { size: [{ numeric: ['>', 10, '<=', 30] }] } }, true],
    [{ detail: { size: [{ numeric: ['>', 30] }] } }, false],
    [{ detail: { State: [{ exists: true }], missing: [{ exists: false }] } }, true],
    [{ detail: { State: [{ exists: false }] } }, false],
    [{ detail: { none: [{ exists: true }] } }, false],
    [{ resources: [{ wildcard: 'arn:aws:ec2:*::image/*' }] }, true],
    [{ resources: [{ wildcard: 'ami-*' }] }, false],
    [{ detail: { State: [{ 'equals-ignore-case': 'AVAILABLE' }] } }, true],
    [{ detail: { $or: [{ State: ['failed'] }, { ImageId: ['ami-1'] }] } }, true],
    [{ detail: { $or: [{ State: ['failed'] }, { ImageId: ['ami-2'] }] } }, false],
  ])('%j matches: %s', (pattern, matches) => {
    expect(matchesPattern(pattern, event)).toBe(matches);
  });

  it.each<[Pattern, string]>([
    [{}, 'empty'],
    [{ source: 'aws.ec2' }, 'must be an object or an array'],
    [{ detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, 'is not modelled'],
    [{ detail: { size: [{ numeric: ['~', 3] }] } }, 'cannot be read'],
  ])('%j is refused', (pattern, problem) => {
    expect(() => {
      checkPattern(pattern);
    }).toThrow(problem);
  });
});
