import { type DashboardFacts, type MetricQuery, type Panel, panelsOf } from './dashboard';

const perRow = 24;
const height = 6;
/** An alarm widget takes at most 100 alarms (CloudWatch API reference, "Dashboard body structure and syntax"). */
const maxAlarms = 100;

const metricLine = ({ namespace, metric, dimensions, statistic, label }: MetricQuery) => [
  namespace,
  metric,
  ...Object.entries(dimensions).flat(),
  { stat: statistic, label },
];

/**
 * Vertical annotations have fixed times: they mark the ends up to the last update of the dashboard. Later ends show as bars
 * in "Deployments and rollbacks", since these are metrics.
 */
const annotations = ({ ends }: DashboardFacts) =>
  ends.length === 0
    ? {}
    : {
        annotations: {
          vertical: ends.map(({ at, label, bad }) => ({
            value: new Date(at).toISOString(),
            label,
            color: bad ? '#d62728' : '#2ca02c',
          })),
        },
      };

const widgetOf = (facts: DashboardFacts, { title, unit, metrics, bars }: Panel) => ({
  type: 'metric',
  properties: {
    title,
    region: facts.region,
    view: 'timeSeries',
    stacked: bars === true && unit === 'count',
    period: bars === true ? 300 : 60,
    // A panel that draws the ends themselves needs no marks.
    ...(bars === true ? {} : annotations(facts)),
    yAxis: { left: { min: 0, label: unit === 'seconds' ? 's' : '', showUnits: false } },
    metrics: metrics.map(metricLine),
  },
});

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** From left to right, and a new row where the next one does not fit. */
const places = (widths: readonly number[], top: number): readonly Placed[] => {
  let [x, y] = [0, top];
  return widths.map((width) => {
    if (x + width > perRow) [x, y] = [0, y + height];
    const placed = { x, y, width, height };
    x += width;
    return placed;
  });
};

/** The body of `cloudwatch:PutDashboard` for an application; the same facts give the same body. */
export const cloudWatchDashboard = (facts: DashboardFacts): object => {
  const { alarms } = facts;
  const first =
    alarms.length === 0
      ? []
      : [
          {
            type: 'alarm',
            ...{ x: 0, y: 0, width: perRow, height: 3 },
            properties: { title: 'Alarms', alarms: alarms.slice(0, maxAlarms) },
          },
        ];
  const panels = panelsOf(facts);
  const placed = places(
    panels.map(({ width }) => width),
    first.length === 0 ? 0 : 3,
  );
  return {
    start: '-PT12H',
    widgets: [...first, ...panels.map((panel, index) => ({ ...widgetOf(facts, panel), ...placed[index] }))],
  };
};
