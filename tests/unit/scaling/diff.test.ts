import { alarmDefinition, policyDefinition, same } from '../../../lib/scaling/definitions';
import { diffScaling, type Scaling } from '../../../lib/scaling/diff';
import { resourceLabel, wantedScaling } from '../../../lib/scaling/wanted';
import { settingsOf } from '../compensation/fakeContext';

const none: Scaling = { policies: {}, alarms: {} };
const place = {
  stage: 'test',
  application: 'api',
  group: 'web',
  labelOf: () => 'app/front/1/targetgroup/api/2',
};
const wanted = (scaling: object) => wantedScaling(settingsOf({ scaling }).scaling, place);
const settings = {
  policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 60 } },
  alarms: { errors: { metric: 'HTTPCode_Target_5XX_Count', threshold: 10, statistic: 'Sum' } },
};

describe('diffScaling', () => {
  test.each<[string, Scaling, Scaling, string[]]>([
    ['finds nothing between equals', wanted(settings), wanted(settings), []],
    [
      'adds policies before alarms',
      none,
      wanted(settings),
      ['add forseti-cpu', 'add forseti-test-api-errors'],
    ],
    [
      'removes alarms before policies',
      wanted(settings),
      none,
      ['remove forseti-test-api-errors', 'remove forseti-cpu'],
    ],
    [
      'changes only what differs',
      wanted(settings),
      wanted({ ...settings, policies: { cpu: { ...settings.policies.cpu, target: 50 } } }),
      ['change forseti-cpu'],
    ],
  ])('diffScaling %s', (_, existing, asked, expected) => {
    expect(diffScaling(existing, asked).map(({ change, name }) => `${change} ${name}`)).toEqual(expected);
  });

  test('diffScaling keeps both definitions of a change, so that it can be undone', () => {
    const [change] = diffScaling(none, wanted({ policies: settings.policies }));
    expect(change).toMatchObject({
      kind: 'scaling-policy',
      before: null,
      wrote: { PolicyType: 'TargetTrackingScaling' },
    });
  });
});

describe('The definitions of policies and alarms', () => {
  test("The definitions are the same for the settings and for AWS's own description of what they made", () => {
    const { 'forseti-cpu': policy } = wanted(settings).policies;
    expect(
      same(
        policy,
        policyDefinition({
          AutoScalingGroupName: 'web',
          PolicyName: 'forseti-cpu',
          PolicyARN:
            'arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:autoScalingGroupName/web:policyName/forseti-cpu',
          PolicyType: 'TargetTrackingScaling',
          StepAdjustments: [],
          Alarms: [{ AlarmName: 'TargetTracking-web-AlarmHigh' }],
          TargetTrackingConfiguration: {
            TargetValue: 60,
            DisableScaleIn: false,
            PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
          },
          Enabled: true,
        }),
      ),
    ).toBe(true);
  });
  test('The definitions do not depend on the order of dimensions', () => {
    const dimensions = [
      { Name: 'TargetGroup', Value: 'b' },
      { Name: 'LoadBalancer', Value: 'a' },
    ];
    expect(
      same(
        alarmDefinition({ Dimensions: dimensions }),
        alarmDefinition({ Dimensions: [...dimensions].reverse() }),
      ),
    ).toBe(true);
  });
  test('The definitions distinguish absence from presence', () => {
    expect(same(null, undefined)).toBe(true);
    expect(same(null, { Threshold: 0 })).toBe(false);
  });
});

describe('wantedScaling', () => {
  test('Metrics that differ by group name it, and percentiles are written as AWS requires', () => {
    const { alarms } = wanted({
      policies: { grow: { type: 'step', steps: [{ from: 0, by: 5 }] } },
      alarms: {
        busy: {
          namespace: 'AWS/EC2',
          metric: 'CPUUtilization',
          statistic: 'p99',
          threshold: 80,
          runs: ['grow'],
        },
      },
    });
    expect(alarms['forseti-test-api-busy']).toMatchObject({
      ExtendedStatistic: 'p99',
      Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'web' }],
      AlarmActions: ['policy:forseti-grow'],
      ComparisonOperator: 'GreaterThanThreshold',
    });
    expect(alarms['forseti-test-api-busy']).not.toHaveProperty('Statistic');
  });
  test('A metric of requests has the label of its target group', () => {
    const { policies } = wanted({
      policies: { requests: { type: 'target-tracking', metric: 'ALBRequestCountPerTarget', target: 1000 } },
    });
    expect(policies['forseti-requests']).toMatchObject({
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: { ResourceLabel: 'app/front/1/targetgroup/api/2' },
      },
    });
    expect(
      resourceLabel(
        'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/front/1',
        'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/2',
      ),
    ).toBe('app/front/1/targetgroup/api/2');
  });
});
