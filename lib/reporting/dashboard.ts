import { metricDimensions, metricNamespace, outcomeMetrics, phaseMetric, phases } from './metricNames';

/** What the dashboard of an application shows, as it was read from AWS. */
export interface DashboardFacts {
  readonly region: string;
  readonly service: string;
  readonly stage: string;
  readonly application: string;
  /** The Auto Scaling group. */
  readonly group: string;
  /** Dimensions of target groups behind an Application Load Balancer, as CloudWatch knows them. */
  readonly targetGroups: readonly { readonly targetGroup: string; readonly loadBalancer: string }[];
  /** ARNs of its alarms. */
  readonly alarms: readonly string[];
  /** The latest ends, which are marked on each graph; `at` is epoch ms. */
  readonly ends: readonly { readonly at: number; readonly label: string; readonly bad: boolean }[];
}

/** A metric as dashboards of both CloudWatch and Grafana name it. */
export interface MetricQuery {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly label: string;
}

export interface Panel {
  readonly title: string;
  readonly unit: 'count' | 'seconds';
  /** Width in columns of 24. */
  readonly width: number;
  /** Single points, such as the ends of deployments, need bars: a line would show nothing. */
  readonly bars?: true;
  readonly metrics: readonly MetricQuery[];
}

/** CloudWatch's dashboards are global to an account, while an application of a name may run in two regions. */
export const dashboardName = ({ service, stage, application, region }: DashboardFacts): string =>
  `${service}-${stage}-${application}-${region}`;

const own = (facts: DashboardFacts, metric: string, statistic: string, label = metric): MetricQuery => ({
  namespace: metricNamespace,
  metric,
  dimensions: metricDimensions(facts.service, facts.stage, facts.application),
  statistic,
  label,
});

/** One short label a target group; where there is one, none is needed. */
const targetLabel = (facts: DashboardFacts, targetGroup: string, label: string): string =>
  facts.targetGroups.length === 1 ? label : `${label} ${targetGroup.split('/')[1] ?? targetGroup}`;

const ofTargets = (
  facts: DashboardFacts,
  wanted: readonly (readonly [metric: string, statistic: string, label: string])[],
): MetricQuery[] =>
  facts.targetGroups.flatMap(({ targetGroup, loadBalancer }) =>
    wanted.map(([metric, statistic, label]) => ({
      namespace: 'AWS/ApplicationELB',
      metric,
      dimensions: { TargetGroup: targetGroup, LoadBalancer: loadBalancer },
      statistic,
      label: targetLabel(facts, targetGroup, label),
    })),
  );

const ofGroup = (
  { group }: DashboardFacts,
  metric: string,
  statistic: string,
  label: string,
): MetricQuery => ({
  namespace: 'AWS/AutoScaling',
  metric,
  dimensions: { AutoScalingGroupName: group },
  statistic,
  label,
});

const deadLetters = ({ service, stage }: DashboardFacts, queue: string): MetricQuery => ({
  namespace: 'AWS/SQS',
  metric: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: `${service}-${stage}-${queue}-dead` },
  statistic: 'Maximum',
  label: `dead letters of ${queue}`,
});

const traffic = (facts: DashboardFacts): Panel[] =>
  facts.targetGroups.length === 0
    ? []
    : [
        {
          title: 'Requests',
          unit: 'count',
          width: 8,
          metrics: ofTargets(facts, [['RequestCount', 'Sum', 'requests']]),
        },
        {
          title: 'Errors (5xx)',
          unit: 'count',
          width: 8,
          metrics: ofTargets(facts, [['HTTPCode_Target_5XX_Count', 'Sum', '5xx']]),
        },
        {
          title: 'Response time',
          unit: 'seconds',
          width: 8,
          metrics: ofTargets(facts, [
            ['TargetResponseTime', 'p50', 'p50'],
            ['TargetResponseTime', 'p99', 'p99'],
          ]),
        },
        {
          title: 'Hosts',
          unit: 'count',
          width: 12,
          metrics: ofTargets(facts, [
            ['HealthyHostCount', 'Minimum', 'healthy'],
            ['UnHealthyHostCount', 'Maximum', 'unhealthy'],
          ]),
        },
      ];

/** The panels of an application's dashboard, for CloudWatch and Grafana alike. */
export const panelsOf = (facts: DashboardFacts): readonly Panel[] => [
  ...traffic(facts),
  {
    title: 'Group (where its metrics are enabled)',
    unit: 'count',
    width: 12,
    metrics: [
      ofGroup(facts, 'GroupDesiredCapacity', 'Average', 'desired'),
      ofGroup(facts, 'GroupInServiceInstances', 'Average', 'in service'),
      ofGroup(facts, 'GroupMinSize', 'Average', 'minimum'),
      ofGroup(facts, 'GroupMaxSize', 'Average', 'maximum'),
    ],
  },
  {
    title: 'Deployments and rollbacks',
    unit: 'count',
    width: 12,
    bars: true,
    metrics: outcomeMetrics.map((outcome) => own(facts, outcome, 'Sum')),
  },
  {
    title: 'How long they took, and from tag to done',
    unit: 'seconds',
    width: 12,
    bars: true,
    metrics: [own(facts, 'Duration', 'Maximum'), own(facts, 'LeadTime', 'Maximum', 'tag to done')],
  },
  {
    title: 'How long each phase took',
    unit: 'seconds',
    width: 12,
    bars: true,
    metrics: phases.map((phase) => own(facts, phaseMetric(phase), 'Maximum', phase)),
  },
  {
    title: 'Dead letters of Forseti',
    unit: 'count',
    width: 12,
    metrics: ['requests', 'alarms', 'waiting', 'events'].map((queue) => deadLetters(facts, queue)),
  },
];
