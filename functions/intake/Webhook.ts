import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/engine/step';
import { type FailoverEnvironment, readFailoverEnvironment } from '../../lib/failover/environment';
import { requestsPublisher } from '../../lib/intake/publishRequests';
import { refuse, toHttp } from '../../lib/intake/webhook/answer';
import { Deliveries, type DeliveryItem } from '../../lib/intake/webhook/deliveries';
import { readWebhookEnvironment, type WebhookEnvironment } from '../../lib/intake/webhook/environment';
import type { FunctionUrlEvent } from '../../lib/intake/webhook/request';
import { WebhookSecrets } from '../../lib/intake/webhook/secrets';
import { takeWebhook, type WebhookTools } from '../../lib/intake/webhook/takeWebhook';
import { nameOf } from '../../lib/aws/failure';
import { makeLogger } from '../../lib/aws/log';

/** Takes webhooks of GitHub and GitLab on its function URL, and puts a request for each new tag on the queue. */
export const make = (world: World, { secretsPrefix }: WebhookEnvironment, failover: FailoverEnvironment) => {
  const { environment, clock, newId } = world;
  const { region } = environment;
  const logger = makeLogger(environment);
  const requests = requestsPublisher(failover, {
    sqs: (name) => connect(SQSClient, name),
    dynamodb: (name) => connect(DynamoDBClient, name),
    clock,
    newId,
  });
  const deliveries = new Table<DeliveryItem>(connect(DynamoDBClient, region), environment.tables.requests);
  const tools: WebhookTools = {
    secrets: new WebhookSecrets(connect(SSMClient, region), secretsPrefix, clock),
    deliveries: new Deliveries(deliveries, clock),
    enqueue: async (body) => {
      await requests.publish({ body });
    },
    place: { region, account: environment.deployMachineArn.split(':')[4] ?? '' },
    clock,
    newId,
    log: logger,
  };
  return lambda(world, 'Webhook', async (event: FunctionUrlEvent) => {
    try {
      const reply = await takeWebhook(event, tools);
      const { accepted, reason, delivery } = reply.answer;
      logger.info('Webhook', { status: reply.status, accepted, delivery, reason });
      return toHttp(reply);
    } catch (error) {
      // Only the name is logged: an error message of the SDK can quote its input.
      logger.error('A webhook could not be taken', { error: nameOf(error) });
      return toHttp(
        refuse(503, 'Nothing was accepted, for a passing trouble here: send the delivery again.', {
          'retry-after': '30',
        }),
      );
    }
  });
};

export const handler = make(
  production(process.env),
  readWebhookEnvironment(process.env),
  readFailoverEnvironment(process.env),
);
