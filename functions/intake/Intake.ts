import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { SqsEvent, SqsRecord } from '@forseti/messaging';
import { checkSettings } from '../../lib/application/checkSettings';
import { eachMessage } from '../../lib/aws/batch';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { withinTime } from '../../lib/aws/withinTime';
import { lambda } from '../../lib/engine/step';
import { keepWarm } from '../../lib/engine/warmth';
import { type FailoverEnvironment, readFailoverEnvironment } from '../../lib/failover/environment';
import { drillOf, noteDrill } from '../../lib/intake/drill';
import { readingOnce, type IntakeRegion, intakeRegions, takeInRegions } from '../../lib/intake/intakeRegions';
import { keptRequestOf } from '../../lib/intake/keptMessage';
import { startKept } from '../../lib/intake/startKept';
import { parseTagEvent, withArrival } from '../../lib/intake/tagEvent';
import { reportUnreadable } from '../../lib/intake/unreadable';
import { noteWaiting, type WaitingItem, type WaitingTools } from '../../lib/intake/waitingTag';
import { asError, makeLogger } from '../../lib/aws/log';

/**
 * A request for a region that does not answer is sent again after this delay, as a new message with a receive count of
 * 0.
 */
const againSeconds = 300;
/** A tag that starts more applications than one portion is sent again after this delay, for the next portion. */
const nextPortionSeconds = 20;
/** Long enough for the SDK's own retries, short enough to leave the function its time. */
const otherRegionMs = 10_000;

/**
 * Takes requests from their queue, once each, and starts the deploy machine under the request's business name, in the
 * region of the fleet.
 */
export const make = (world: World, { regions, requestsQueueUrl }: FailoverEnvironment) => {
  const { environment, clock } = world;
  const { region } = environment;
  const connected = intakeRegions(regions, {
    ssm: (name) => connect(SSMClient, name),
    dynamodb: (name) => connect(DynamoDBClient, name),
    sfn: (name) => connect(SFNClient, name),
    requestsTable: environment.tables.requests,
    machineArn: environment.deployMachineArn,
    settingsPrefix: environment.settingsPrefix,
    check: checkSettings,
    clock,
  });
  const waiting: WaitingTools = {
    waiting: new Table<WaitingItem>(connect(DynamoDBClient, region), environment.tables.requests),
    sns: connect(SNSClient, region),
    environment,
    clock,
  };
  const drills = new Table<{ key: string }>(connect(DynamoDBClient, region), environment.tables.requests);
  const sqs = connect(SQSClient, region);
  const lambdaClient = connect(LambdaClient, region);
  const logger = makeLogger(environment);
  const take = async (
    body: string,
    { attributes = {} }: SqsRecord,
    intake: readonly [IntakeRegion, ...IntakeRegion[]],
  ): Promise<void> => {
    const drill = drillOf(body);
    if (drill) return noteDrill(drill, drills, clock());
    const kept = keptRequestOf(body);
    if (kept) return startKept(kept, intake[0].tools);
    const sentAt = Number(attributes.SentTimestamp ?? clock());
    const tag = { arrivedAt: sentAt, ...parseTagEvent(body) };
    const { taken, invalid, open, errors } = await takeInRegions(tag, intake, (work) =>
      withinTime(() => work, AbortSignal.timeout(otherRegionMs)),
    );
    const later = 'started' in taken && taken.later !== undefined;
    if (later || open.length > 0) {
      // A message that only becomes visible again would reach the dead-letter queue within the hour, so a new one is
      // sent.
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: requestsQueueUrl,
          MessageBody: withArrival(body, sentAt),
          DelaySeconds: later ? nextPortionSeconds : againSeconds,
        }),
      );
    }
    if (open.length > 0) {
      logger.warn('A request waits for a region that does not answer', { regions: errors, tag: tag.tag });
      // The new message is on the queue: a failure here must not send another.
      await noteWaiting(tag, errors, waiting).catch((error: unknown) => {
        logger.error('That a request waits could not be noted or told', asError(error));
      });
    }
    reportUnreadable(open.length > 0 || !('refused' in taken && taken.unmatched), invalid, logger);
  };
  return lambda(world, 'Intake', (event: SqsEvent) => {
    const [own, ...others] = readingOnce(connected);
    // Functions of this region are warmed while the machine starts. Those of another region belong to another stack.
    const getReady = () => keepWarm(lambdaClient, environment);
    const ready: readonly [IntakeRegion, ...IntakeRegion[]] = [
      { ...own, tools: { ...own.tools, getReady } },
      ...others,
    ];
    return eachMessage(event, (body, record) => take(body, record, ready), logger);
  });
};

export const handler = make(production(process.env), readFailoverEnvironment(process.env));
