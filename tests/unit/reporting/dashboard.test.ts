import { Metrics } from '@aws-lambda-powertools/metrics';
import { embeddedMetrics } from '@forseti/embedded-cloud';
import { cloudWatchDashboard } from '../../../lib/reporting/cloudWatchDashboard';
import { dashboardName, type DashboardFacts, panelsOf } from '../../../lib/reporting/dashboard';
import { grafanaDashboard } from '../../../lib/reporting/grafanaDashboard';
import { reportEnd, phaseDurations } from '../../../lib/reporting/metrics';
import { outcomeMetrics, phaseMetric, phases } from '../../../lib/reporting/metricNames';
import { compileStack } from '../../../cli/local/stack';
import { environment } from '../support/tables';
import { acceptedAt, dirty, record, rollback, well } from './records';

const facts: DashboardFacts = {
  region: 'eu-west-1',
  service: 'forseti',
  stage: 'test',
  application: 'api',
  group: 'api-production',
  targetGroups: [
    { targetGroup: 'targetgroup/api/0123456789abcdef', loadBalancer: 'app/web/0123456789abcdef' },
  ],
  alarms: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:api-5xx'],
  ends: [
    { at: acceptedAt, label: 'v1', bad: false },
    { at: acceptedAt + 60_000, label: 'back to v1', bad: true },
  ],
};

/** A metric that the end of a deployment writes to the log, as CloudWatch reads it. */
interface Emitted {
  readonly namespace: string;
  readonly name: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

const emitted = (...given: Parameters<typeof reportEnd>): Emitted[] => {
  const lines: string[] = [];
  const log = jest.spyOn(Metrics.prototype, 'publishStoredMetrics').mockImplementation(function (
    this: Metrics,
  ) {
    lines.push(JSON.stringify(this.serializeMetrics()));
    return this;
  });
  reportEnd(...given);
  log.mockRestore();
  return lines
    .flatMap((line) => embeddedMetrics(line))
    .flatMap(({ namespace, data }) =>
      data.map(({ MetricName: name = '', Dimensions: dimensions = [], Values: [value = 0] = [] }) => ({
        namespace,
        name,
        value,
        dimensions: Object.fromEntries(dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
      })),
    );
};

const at = acceptedAt + 90_000;
const steps = [
  { deployment: 'd', item: 'step#Provision', startedAt: acceptedAt, endedAt: acceptedAt + 30_400 },
  { deployment: 'd', item: 'step#Lock', startedAt: acceptedAt },
];

describe('The metrics of an end', () => {
  const values = (...given: Parameters<typeof reportEnd>) =>
    Object.fromEntries(emitted(...given).map(({ name, value }) => [name, value]));

  test('The metrics hold the outcome, how long it and its phases took, and the time from tag to done', () => {
    expect(values(environment, { ...record, pushedAt: acceptedAt - 10_000 }, well, at, steps)).toEqual({
      Deployed: 1,
      Duration: 90,
      LeadTime: 100,
      ProvisionDuration: 30,
    });
  });

  test('The metrics hold no lead time of a deployment that failed, nor of one that no tag asked for', () => {
    expect(values(environment, { ...record, pushedAt: acceptedAt }, dirty, at)).toEqual({
      Dirty: 1,
      Duration: 90,
    });
    expect(values(environment, record, well, at)).toEqual({ Deployed: 1, Duration: 90 });
  });

  test('The metrics distinguish a requested rollback from a deployment that failed', () => {
    const failed = { ...dirty, outcome: 'RolledBack' } as const;
    expect(values(environment, rollback, { ...well, outcome: 'RolledBack' }, at)).toMatchObject({
      RollbackDone: 1,
    });
    expect(values(environment, record, failed, at)).toMatchObject({ RolledBack: 1 });
  });

  test('The metrics have a phase for each state that waits, by the machines', async () => {
    const { template } = await compileStack(process.cwd());
    const text = JSON.stringify(template);
    for (const phase of phases) expect(text).toContain(`forseti-production-${phase}`);
    expect(phaseDurations(steps)).toEqual({ [phaseMetric('Provision')]: 30 });
  });
});

/** Every metric that Forseti itself emits, as a dashboard would have to name it. */
const own = () =>
  [
    ...emitted(environment, { ...record, pushedAt: acceptedAt }, well, at, [
      ...phases.map((phase) => ({
        deployment: 'd',
        item: `step#${phase}`,
        startedAt: acceptedAt,
        endedAt: at,
      })),
    ]),
    ...outcomeMetrics.flatMap((outcome) =>
      outcome === 'RollbackDone'
        ? emitted(environment, rollback, { ...well, outcome: 'RolledBack' }, at)
        : emitted(environment, record, { ...dirty, outcome }, at),
    ),
  ].map(({ namespace, name, dimensions }) =>
    JSON.stringify([namespace, name, Object.entries(dimensions).sort()]),
  );

test('Each metric of Forseti that a dashboard draws is emitted with these dimensions', () => {
  const known = new Set(own());
  const drawn = panelsOf(facts)
    .flatMap(({ metrics }) => metrics)
    .filter(({ namespace }) => namespace === 'Forseti')
    .map(({ namespace, metric, dimensions }) =>
      JSON.stringify([namespace, metric, Object.entries(dimensions).sort()]),
    );
  expect(drawn.length).toBeGreaterThan(15);
  expect(drawn.filter((one) => !known.has(one))).toEqual([]);
});

test('A dashboard draws the dead letters of every queue of the stack that holds such', async () => {
  const { template } = await compileStack(process.cwd());
  const names = Object.values(template.Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::SQS::Queue' ? [(Properties as unknown as { QueueName: string }).QueueName] : [],
  );
  const drawn = panelsOf({ ...facts, stage: 'production' }).flatMap(({ metrics }) =>
    metrics.flatMap(({ dimensions: { QueueName: name } }) => name ?? []),
  );
  expect(drawn.sort()).toEqual(names.filter((name) => name.endsWith('-dead')).sort());
});

interface Body {
  readonly widgets: readonly {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: Readonly<Record<string, unknown>>;
  }[];
}

describe('The dashboard for CloudWatch', () => {
  const { widgets } = cloudWatchDashboard(facts) as Body;

  test('No two widgets overlap, and none leaves the grid', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (_, index) => `${String(x + (index % width))}:${String(y + Math.floor(index / width))}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });

  test('The alarms come first, and each end is marked on the graphs of the traffic', () => {
    expect(widgets[0]).toMatchObject({ type: 'alarm', properties: { alarms: facts.alarms } });
    const requests = widgets.find(({ properties: { title } }) => title === 'Requests');
    expect(requests?.properties).toMatchObject({
      annotations: {
        vertical: [{ value: '2026-11-22T08:00:00.000Z', label: 'v1' }, { label: 'back to v1' }],
      },
      metrics: [
        [
          'AWS/ApplicationELB',
          'RequestCount',
          'TargetGroup',
          'targetgroup/api/0123456789abcdef',
          'LoadBalancer',
          'app/web/0123456789abcdef',
          { stat: 'Sum', label: 'requests' },
        ],
      ],
    });
  });

  test('Without a load balancer, alarms or ends there are no widgets of them', () => {
    const bare = cloudWatchDashboard({ ...facts, targetGroups: [], alarms: [], ends: [] });
    expect(JSON.stringify(bare)).not.toMatch(/ApplicationELB|"alarm"|annotations/);
  });

  test("The dashboard's name contains the region, since dashboards are global", () => {
    expect(dashboardName(facts)).toBe('forseti-test-api-eu-west-1');
  });
});

describe('The dashboard for Grafana', () => {
  const dashboard = grafanaDashboard(facts) as {
    readonly schemaVersion: number;
    readonly uid: string;
    readonly title: string;
    readonly __inputs: readonly { readonly name: string; readonly pluginId: string }[];
    readonly annotations: { readonly list: readonly { readonly target: object }[] };
    readonly panels: readonly {
      readonly id: number;
      readonly type: string;
      readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
      readonly fieldConfig: { readonly overrides: readonly object[] };
      readonly targets: readonly {
        readonly refId: string;
        readonly namespace: string;
        readonly metricName: string;
        readonly dimensions: Readonly<Record<string, string>>;
        readonly region: string;
      }[];
    }[];
  };

  test('The dashboard can be imported: model, data source, places and ids', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(dashboard.uid).toMatch(/^[0-9a-f]{40}$/);
    expect(dashboard.__inputs).toMatchObject([{ name: 'DS_CLOUDWATCH', pluginId: 'cloudwatch' }]);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, gridPos, targets } of dashboard.panels) {
      expect(type).toBe('timeseries');
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  test('Each metric of Forseti in it is emitted, and ends are bars in each graph', () => {
    const known = new Set(own());
    const targets = dashboard.panels.flatMap((panel) => panel.targets);
    for (const { namespace, metricName, dimensions, region } of targets) {
      expect(region).toBe('eu-west-1');
      if (namespace === 'Forseti')
        expect(known).toContain(JSON.stringify([namespace, metricName, Object.entries(dimensions).sort()]));
    }
    expect(dashboard.panels[0]?.targets.map(({ metricName }) => metricName)).toEqual([
      'RequestCount',
      'Deployed',
      'RollbackDone',
      'RolledBack',
      'Dirty',
    ]);
  });

  test("Its annotations are the application's alarms", () => {
    expect(dashboard.annotations.list).toMatchObject([
      { target: { queryMode: 'Annotations', prefixMatching: true, alarmNamePrefix: 'forseti-test-api-' } },
    ]);
  });
});
