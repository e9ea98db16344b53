import { createHash } from 'node:crypto';
import { dashboardName, type DashboardFacts, type MetricQuery, type Panel, panelsOf } from './dashboard';
/**
 * The constant parts, in the version of Grafana's dashboard model that they name; newer Grafanas bring it up to theirs on
 * import. Its empty texts are filled in here. `marks` are ends of deployments: bars in each graph, on a hidden axis.
 */
import model from './grafana.json';
import { metricDimensions, metricNamespace } from './metricNames';

const height = 8;
const columns = 24;

/** A query of Grafana's CloudWatch data source: one metric, exactly these dimensions. */
const targetOf = (region: string, query: MetricQuery, index: number) => ({
  ...model.target,
  refId: `A${String(index)}`,
  region,
  namespace: query.namespace,
  metricName: query.metric,
  dimensions: query.dimensions,
  statistic: query.statistic,
  label: query.label,
});

const marked = (facts: DashboardFacts): MetricQuery[] =>
  model.marks.map(({ matcher: { options: metric } }) => ({
    namespace: metricNamespace,
    metric,
    dimensions: metricDimensions(facts.service, facts.stage, facts.application),
    statistic: 'Sum',
    label: metric,
  }));

const panelOf = (facts: DashboardFacts, { title, unit, bars, metrics }: Panel, id: number) => ({
  ...model.panel,
  id,
  title,
  fieldConfig: {
    defaults: {
      min: 0,
      unit: unit === 'seconds' ? 's' : 'short',
      custom: bars === true ? model.bars : model.line,
    },
    overrides: bars === true ? [] : model.marks,
  },
  targets: [...metrics, ...(bars === true ? [] : marked(facts))].map((metric, index) =>
    targetOf(facts.region, metric, index),
  ),
});

/**
 * Annotations of the CloudWatch data source tell when alarms changed, and nothing else: these are the application's own
 * alarms. Ends of deployments are metrics, and drawn as bars.
 */
const alarmAnnotation = ({ region, service, stage, application }: DashboardFacts) => ({
  ...model.alarms,
  target: {
    ...model.alarms.target,
    region,
    alarmNamePrefix: `${service}-${stage}-${application}-`,
  },
});

/** From left to right, and a new row where the next one does not fit. */
const positionsOf = (panels: readonly Panel[]) => {
  let [x, y] = [0, 0];
  return panels.map(({ width: w }) => {
    if (x + w > columns) [x, y] = [0, y + height];
    const gridPos = { x, y, w, h: height };
    x += w;
    return gridPos;
  });
};

/** A dashboard to be imported into Grafana, which asks for its CloudWatch data source. */
export const grafanaDashboard = (facts: DashboardFacts): object => {
  const panels = panelsOf(facts);
  const positions = positionsOf(panels);
  return {
    ...model.dashboard,
    // At most 40 characters; the same for the same application, so that importing it again replaces it.
    uid: createHash('sha1').update(dashboardName(facts)).digest('hex'),
    title: `${facts.application} (${facts.service} ${facts.stage})`,
    tags: [...model.dashboard.tags, facts.application],
    annotations: { list: [alarmAnnotation(facts)] },
    panels: panels.map((panel, index) => ({
      ...panelOf(facts, panel, index + 1),
      gridPos: positions[index],
    })),
  };
};
