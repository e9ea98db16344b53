import { createHash } from 'node:crypto';
import { dashboardName, type DashboardFacts, type MetricQuery, type Panel, panelsOf } from './dashboard';
import { metricDimensions, metricNamespace } from './metricNames';

/** The version of Grafana's dashboard model that this is written in; newer Grafanas bring it up to theirs on import. */
const schemaVersion = 39;
const height = 8;
const dataSource = { type: 'cloudwatch', uid: '${DS_CLOUDWATCH}' };

/** A query of Grafana's CloudWatch data source: one metric, exactly these dimensions. */
const targetOf = (region: string, query: MetricQuery, index: number) => ({
  refId: `A${String(index)}`,
  datasource: dataSource,
  queryMode: 'Metrics',
  metricQueryType: 0,
  metricEditorMode: 0,
  region,
  namespace: query.namespace,
  metricName: query.metric,
  dimensions: query.dimensions,
  matchExact: true,
  statistic: query.statistic,
  period: 'auto',
  label: query.label,
});

/** Ends that stand as bars in each graph, on an axis of their own that is not shown. */
const marks = [
  ['Deployed', 'green'],
  ['RollbackDone', 'orange'],
  ['RolledBack', 'orange'],
  ['Dirty', 'red'],
] as const;

const marked = (facts: DashboardFacts): MetricQuery[] =>
  marks.map(([metric]) => ({
    namespace: metricNamespace,
    metric,
    dimensions: metricDimensions(facts.service, facts.stage, facts.application),
    statistic: 'Sum',
    label: metric,
  }));

const markOverrides = marks.map(([metric, colour]) => ({
  matcher: { id: 'byName', options: metric },
  properties: [
    { id: 'custom.drawStyle', value: 'bars' },
    { id: 'custom.axisPlacement', value: 'hidden' },
    { id: 'color', value: { mode: 'fixed', fixedColor: colour } },
    { id: 'unit', value: 'short' },
  ],
}));

const panelOf = (facts: DashboardFacts, { title, unit, bars, metrics }: Panel, id: number) => ({
  id,
  type: 'timeseries',
  title,
  datasource: dataSource,
  fieldConfig: {
    defaults: {
      min: 0,
      unit: unit === 'seconds' ? 's' : 'short',
      custom: bars === true ? { drawStyle: 'bars', fillOpacity: 80 } : { drawStyle: 'line', spanNulls: true },
    },
    overrides: bars === true ? [] : markOverrides,
  },
  options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
  targets: [...metrics, ...(bars === true ? [] : marked(facts))].map((metric, index) =>
    targetOf(facts.region, metric, index),
  ),
});

/**
 * Annotations of the CloudWatch data source tell when alarms changed, and nothing else: these are the application's own
 * alarms. Ends of deployments are metrics, and drawn as bars.
 */
const alarmAnnotation = ({ region, service, stage, application }: DashboardFacts) => ({
  name: 'Alarms',
  datasource: dataSource,
  enable: true,
  iconColor: 'red',
  target: {
    refId: 'Alarms',
    queryMode: 'Annotations',
    region,
    namespace: '',
    metricName: '',
    dimensions: {},
    statistic: 'Average',
    period: '300',
    prefixMatching: true,
    alarmNamePrefix: `${service}-${stage}-${application}-`,
    actionPrefix: '',
  },
});

/** From left to right in rows of 24 columns. */
const laidOut = (panels: readonly Panel[]) => {
  let [x, y] = [0, 0];
  return panels.map(({ width: w }) => {
    if (x + w > 24) [x, y] = [0, y + height];
    const gridPos = { x, y, w, h: height };
    x += w;
    return gridPos;
  });
};

/** A dashboard to be imported into Grafana, which asks for its CloudWatch data source. */
export const grafanaDashboard = (facts: DashboardFacts): object => {
  const panels = panelsOf(facts);
  const positions = laidOut(panels);
  return {
    __inputs: [
      {
        name: 'DS_CLOUDWATCH',
        label: 'CloudWatch',
        type: 'datasource',
        pluginId: 'cloudwatch',
        pluginName: 'CloudWatch',
      },
    ],
    // At most 40 characters; the same for the same application, so that importing it again replaces it.
    uid: createHash('sha1').update(dashboardName(facts)).digest('hex'),
    title: `${facts.application} (${facts.service} ${facts.stage})`,
    tags: ['forseti', facts.application],
    schemaVersion,
    timezone: 'browser',
    time: { from: 'now-12h', to: 'now' },
    refresh: '1m',
    annotations: { list: [alarmAnnotation(facts)] },
    panels: panels.map((panel, index) => ({
      ...panelOf(facts, panel, index + 1),
      gridPos: positions[index],
    })),
  };
};
