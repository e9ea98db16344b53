import { applicationSchema } from '../../../lib/application/schema';
import { type FitQuestion, fitScaling } from '../../../lib/rollback/fitScaling';

const arn = (name: string) =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/0123456789abcdef`;
const balancer = (name: string) =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/${name}/0123456789abcdef`;
const placed = (name: string, ...loadBalancers: string[]) => ({
  arn: arn(name),
  loadBalancers: loadBalancers.map(balancer),
});

const scaling = (policies: object = {}, alarms: object = {}) =>
  applicationSchema.parse({
    group: 'api',
    provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' } },
    scaling: { policies, alarms },
  }).scaling;
const requests = (targetGroup?: string, target = 100) => ({
  req: {
    type: 'target-tracking',
    metric: 'ALBRequestCountPerTarget',
    target,
    ...(targetGroup !== undefined && { targetGroup: arn(targetGroup) }),
  },
});
const errors = (targetGroup: string, loadBalancer = 'front') => ({
  '5xx': {
    metric: 'HTTPCode_Target_5XX_Count',
    threshold: 5,
    dimensions: {
      TargetGroup: `targetgroup/${targetGroup}/0123456789abcdef`,
      LoadBalancer: `app/${loadBalancer}/0123456789abcdef`,
    },
  },
});

const fit = (more: Partial<FitQuestion>) =>
  fitScaling({
    version: 'v2',
    released: scaling(),
    releasedGroup: 'api',
    current: scaling(),
    group: 'api',
    attached: [placed('new', 'front')],
    left: [placed('old', 'front')],
    ...more,
  });

describe('A policy that counts the requests of a target group', () => {
  const targetOf = ({ scaling: { policies } }: ReturnType<typeof fit>) =>
    policies.req?.type === 'target-tracking' ? policies.req.targetGroup : 'not written';

  test('It stays as it was where the group still has the target group', () => {
    const released = scaling(requests('new'));
    expect(fit({ released })).toEqual({ scaling: released, lines: [] });
    const first = scaling(requests());
    expect(fit({ released: first })).toEqual({ scaling: first, lines: [] });
  });

  test.each<[string, Partial<FitQuestion>, string]>([
    ['the only one that the group has', {}, 'new'],
    [
      'the one that the settings name now',
      { attached: [placed('one', 'front'), placed('two', 'front')], current: scaling(requests('two')) },
      'two',
    ],
    [
      'the one behind the same load balancer',
      { attached: [placed('one', 'back'), placed('two', 'front')] },
      'two',
    ],
    [
      'the only one that a load balancer uses',
      { attached: [placed('one'), placed('two', 'back')], left: [] },
      'two',
    ],
  ])('It counts those of the target group that took its place: %s', (_, more, to) => {
    const fitted = fit({ released: scaling(requests('old', 70)), ...more });
    expect(targetOf(fitted)).toBe(arn(to));
    expect(fitted.scaling.policies.req).toMatchObject({ target: 70 });
    expect(fitted.lines).toEqual([
      `Scaling policy forseti-req of v2 counts the requests of old, which is not attached to the group any more: it counts those of ${to} now.`,
    ]);
  });

  test.each<[string, Partial<FitQuestion>]>([
    ['several could', { attached: [placed('one', 'front'), placed('two', 'front')] }],
    ['no load balancer uses the one that is left', { attached: [placed('one')] }],
    ['the group has none', { attached: [] }],
  ])('It is not written, and named, where nothing takes its place: %s', (_, more) => {
    const alarm = { high: { metric: 'CPUUtilization', namespace: 'AWS/EC2', threshold: 5, runs: ['req'] } };
    const fitted = fit({ released: scaling(requests('old'), alarm), ...more });
    expect(fitted.scaling.policies).toEqual({});
    expect(fitted.scaling.alarms.high?.runs).toEqual([]);
    expect(fitted.lines).toHaveLength(1);
    expect(fitted.lines[0]).toMatch(/no single target group takes its place: it is not written/);
  });

  test('A first target group that no load balancer uses any more is not counted', () => {
    const fitted = fit({
      released: scaling(requests()),
      attached: [placed('one'), placed('two', 'front')],
    });
    expect(targetOf(fitted)).toBe(arn('two'));
    expect(fitted.lines[0]).toMatch(/requests of one, which no load balancer uses/);
  });
});

describe('An alarm', () => {
  const dimensions = ({ scaling: { alarms } }: ReturnType<typeof fit>) => alarms['5xx']?.dimensions;
  const about = (targetGroup: string, loadBalancer = 'front') =>
    scaling({}, errors(targetGroup, loadBalancer)).alarms['5xx']?.dimensions;

  test('It stays as it was where the group uses what it is about, or the settings still say so', () => {
    expect(fit({ released: scaling({}, errors('new')) }).lines).toEqual([]);
    const elsewhere = scaling({}, errors('other', 'back'));
    expect(fit({ released: elsewhere, current: elsewhere })).toEqual({ scaling: elsewhere, lines: [] });
  });

  test('It follows the target group, and its load balancer', () => {
    const fitted = fit({ released: scaling({}, errors('old')), attached: [placed('new', 'other')] });
    expect(dimensions(fitted)).toEqual(about('new', 'other'));
    expect(fitted.lines[0]).toMatch(/^Alarm 5xx of v2 is about targetgroup\/old.*now\.$/);
  });

  test('It follows what the settings name now', () => {
    const fitted = fit({
      released: scaling({}, errors('old')),
      current: scaling({}, errors('two')),
      attached: [placed('one', 'front'), placed('two', 'front')],
    });
    expect(dimensions(fitted)).toEqual(about('two'));
  });

  test('It is named where nothing takes the place', () => {
    const fitted = fit({ released: scaling({}, errors('old')), attached: [] });
    expect(dimensions(fitted)).toEqual(about('old'));
    expect(fitted.lines[0]).toMatch(/may get no data/);
  });

  test('It follows the group, if it named the group of then', () => {
    const of = (AutoScalingGroupName: string) =>
      scaling({}, { cpu: { metric: 'x', threshold: 1, dimensions: { AutoScalingGroupName } } });
    const fitted = fit({ released: of('api-old'), releasedGroup: 'api-old' });
    expect(fitted.scaling).toEqual(of('api'));
    expect(fit({ released: of('web') }).scaling).toEqual(of('web'));
  });
});
