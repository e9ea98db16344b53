/** Names of Forseti's own metrics, for those who emit them and those who draw them. */
export const metricNamespace = 'Forseti';

/** One of these is 1 at each end. */
export const outcomeMetrics = [
  'Deployed',
  'RollbackDone',
  'RolledBack',
  'Rejected',
  'Dirty',
  'Superseded',
] as const;

/** The states that take time, in their order; each has a metric of its seconds. */
export const phases = [
  'Suspend',
  'LaunchBuilder',
  'Provision',
  'TakeOut',
  'BakeImage',
  'PutBack',
  'VerifyImage',
  'Rollout',
  'Approval',
  'RolloutRest',
  'Observe',
  'RollBack',
] as const;

export const phaseMetric = (state: string): string => `${state}Duration`;

/** The dimensions of each metric of an application. */
export const metricDimensions = (service: string, stage: string, application: string) => ({
  service: `${service}-${stage}`,
  application,
});
