import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Environment } from '../aws/environment';
import type { End } from '../deployment/close';
import type { DeploymentRecord } from '../deployment/record';

/** How a deployment ended and how long it took, in CloudWatch's embedded metric format (one log line, no API call). */
export const reportEnd = (
  environment: Environment,
  record: Pick<DeploymentRecord, 'application' | 'acceptedAt'>,
  end: End,
  at: number,
): void => {
  const metrics = new Metrics({
    namespace: 'Forseti',
    serviceName: `${environment.service}-${environment.stage}`,
    defaultDimensions: { application: record.application },
  });
  metrics.addMetric(end.outcome, MetricUnit.Count, 1);
  metrics.addMetric('Duration', MetricUnit.Seconds, Math.round((at - record.acceptedAt) / 1000));
  metrics.publishStoredMetrics();
};
