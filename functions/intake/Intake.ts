import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { eachRecord, type QueueEvent } from '../../lib/aws/batch';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { withinTime } from '../../lib/aws/withinTime';
import { lambda } from '../../lib/engine/step';
import { keepWarm } from '../../lib/engine/warmth';
import { type FailoverEnvironment, readFailoverEnvironment } from '../../lib/failover/environment';
import { drillOf, noteDrill } from '../../lib/intake/drill';
import { readingOnce, type Side, sidesOf, takeInRegions } from '../../lib/intake/sides';
import { parseTagEvent } from '../../lib/intake/tagEvent';
import { tellUnreadable } from '../../lib/intake/unreadable';
import { noteWaiting, type WaitingItem, type WaitingTools } from '../../lib/intake/waitingTag';
import { asError, makeLogger } from '../../lib/aws/log';

/** A fleet's region that does not answer is asked again after so long: its requests count no tries meanwhile. */
const againSeconds = 300;
/** Long enough for the SDK's own retries, short enough to leave the function its time. */
const otherRegionMs = 10_000;

/**
 * Takes requests from their queue, once each, and starts the deploy machine under their business name, in the region
 * of the fleet.
 */
export const make = (world: World, { regions, requestsQueueUrl }: FailoverEnvironment) => {
  const { environment, clock } = world;
  const { region } = environment;
  const sides = sidesOf(regions, {
    ssm: (name) => connect(SSMClient, name),
    dynamodb: (name) => connect(DynamoDBClient, name),
    sfn: (name) => connect(SFNClient, name),
    requestsTable: environment.tables.requests,
    machineArn: environment.deployMachineArn,
    settingsPrefix: environment.settingsPrefix,
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
  const take = async (body: string, sides: readonly [Side, ...Side[]]): Promise<void> => {
    const drill = drillOf(body);
    if (drill) return noteDrill(drill, drills, clock());
    const tag = parseTagEvent(body);
    const { taken, invalid, open, told } = await takeInRegions(tag, sides, (work) =>
      withinTime(() => work, AbortSignal.timeout(otherRegionMs)),
    );
    if (open.length > 0) {
      logger.warn('A request waits for a region that does not answer', { regions: told, tag: tag.tag });
      // Sent anew, since a message that merely came back would be in the dead-letter queue within the hour.
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: requestsQueueUrl,
          MessageBody: body,
          DelaySeconds: againSeconds,
        }),
      );
      // It is on its way again: that this fails must not send it twice.
      await noteWaiting(tag, told, waiting).catch((error: unknown) => {
        logger.error('That a request waits could not be noted or told', asError(error));
      });
    }
    tellUnreadable(open.length > 0 || !('refused' in taken && taken.unmatched), invalid, logger);
  };
  return lambda(world, 'Intake', (event: QueueEvent) => {
    const [own, ...others] = readingOnce(sides);
    // The functions of the fleet's region start while its machine does; those of another region, as they come.
    const getReady = () => keepWarm(lambdaClient, environment);
    const ready: readonly [Side, ...Side[]] = [{ ...own, tools: { ...own.tools, getReady } }, ...others];
    return eachRecord(event, (body) => take(body, ready), logger);
  });
};

export const handler = make(production(process.env), readFailoverEnvironment(process.env));
