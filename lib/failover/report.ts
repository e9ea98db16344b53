import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Environment } from '../aws/environment';
import { nameOf } from '../aws/failure';
import { makeLogger } from '../aws/log';
import type { RegionsAnswer } from './act';
import type { Probed } from './probe';

/**
 * The metric `BadProbe`, which the alarm watches, in CloudWatch's embedded metric format. It exists only while the
 * other region is not well: CloudWatch charges a metric for the hours in which it gets data.
 */
export const reportProbe = ({ stage, service }: Environment, probed: Probed): void => {
  if (probed.well) return;
  const metrics = new Metrics({
    namespace: 'Forseti',
    serviceName: `${service}-${stage}`,
    defaultDimensions: { stage },
  });
  metrics.addMetric('BadProbe', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
};

/** Notifies whoever is on duty of a change by the probes, and everybody of one by hand. A failure here undoes nothing. */
export const notifyChange = async (
  sns: SNSClient,
  environment: Environment,
  { done, last, message }: RegionsAnswer,
  input: unknown,
): Promise<void> => {
  const { topics, stage } = environment;
  if (!done || last === undefined || (input as { status?: true } | null)?.status === true) return;
  await sns
    .send(
      new PublishCommand({
        TopicArn: last.by === 'probe' ? topics.paging : topics.notifications,
        Subject: `Forseti ${stage}: ${last.active} is the active region`.slice(0, 99),
        Message: `${message}\nBy ${last.by}, ${new Date(last.since).toISOString()}.`,
      }),
    )
    .catch((error: unknown) => {
      makeLogger(environment).error('The change of the active region could not be told.', {
        error: nameOf(error),
      });
    });
};
