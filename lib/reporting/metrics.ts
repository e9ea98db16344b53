import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Environment } from '../aws/environment';
import type { End } from '../engine/outcome';
import type { DeploymentRecord, StepItem } from '../engine/record';
import { metricNamespace, phaseMetric } from './metricNames';

type Reported = Pick<DeploymentRecord, 'application' | 'acceptedAt' | 'kind' | 'pushedAt'>;

/** How long the states that wait took, in seconds, by their metric's name. One that never ended has none. */
export const phaseDurations = (steps: readonly StepItem[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    steps.flatMap(({ item, startedAt, endedAt }) =>
      endedAt === undefined
        ? []
        : [[phaseMetric(item.slice('step#'.length)), Math.max(0, Math.round((endedAt - startedAt) / 1_000))]],
    ),
  );

/**
 * How a deployment or rollback ended, how long it and each of its phases took, and how long after its tag it was done, in
 * CloudWatch's embedded metric format (one log line, no API call).
 */
export const reportEnd = (
  environment: Environment,
  record: Reported,
  end: End,
  at: number,
  steps: readonly StepItem[] = [],
): void => {
  const metrics = new Metrics({
    namespace: metricNamespace,
    serviceName: `${environment.service}-${environment.stage}`,
    defaultDimensions: { application: record.application },
  });
  const seconds = (name: string, from: number): void => {
    metrics.addMetric(name, MetricUnit.Seconds, Math.max(0, Math.round((at - from) / 1_000)));
  };
  // A rollback that succeeds is no failure, although its end has the same name as that of a failed deployment.
  const outcome = record.kind === 'rollback' && end.error === 'None' ? 'RollbackDone' : end.outcome;
  metrics.addMetric(outcome, MetricUnit.Count, 1);
  seconds('Duration', record.acceptedAt);
  // Lead time from tag to done (DORA), of what was done.
  if (record.pushedAt !== undefined && end.outcome === 'Deployed') seconds('LeadTime', record.pushedAt);
  for (const [name, duration] of Object.entries(phaseDurations(steps)))
    metrics.addMetric(name, MetricUnit.Seconds, duration);
  metrics.publishStoredMetrics();
};
