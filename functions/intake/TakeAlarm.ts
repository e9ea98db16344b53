import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { SqsEvent } from '@forseti/messaging';
import { readAllSettings } from '../../lib/application/store';
import { eachMessage } from '../../lib/aws/batch';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { withinTime } from '../../lib/aws/withinTime';
import { makeCore } from '../../lib/engine/core';
import { lambda } from '../../lib/engine/step';
import { type FailoverEnvironment, readFailoverEnvironment } from '../../lib/failover/environment';
import { parseAlarmEvent } from '../../lib/intake/alarmEvent';
import { type AskedRollback, parseRollbackEvent } from '../../lib/intake/rollbackEvent';
import { intakeRegions } from '../../lib/intake/intakeRegions';
import { type AlarmItem, takeAlarm } from '../../lib/intake/takeAlarm';
import { type RollbackItem, takeRollback } from '../../lib/intake/takeRollback';
import { parseRingingAlarm } from '../../lib/intake/ringingAlarm';
import { type RingingItem, takeRinging } from '../../lib/intake/takeRinging';
import { readAlarmsQueueUrl } from '../../lib/intake/environment';
import { type AgainTools, tryAgain } from '../../lib/intake/tryAgain';
import { reportUnreadable } from '../../lib/intake/unreadable';
import { nameOf } from '../../lib/aws/failure';
import { makeLogger } from '../../lib/aws/log';
import { makeWaker } from '../../lib/engine/waiting/waker';
import { connectChannels } from '../../lib/reporting/channels';

/** Long enough for the SDK's own retries, short enough to leave the function its time. */
const otherRegionMs = 10_000;

/**
 * Takes alarms from their queue, once each: halts the running deployment, or rolls the fleet back. Also takes rollbacks
 * that an event asks for, since they must not wait behind requests for deployments.
 */
export const make = (world: World, { regions }: FailoverEnvironment, queueUrl: string) => {
  const { environment } = world;
  const { region, tables } = environment;
  const dynamodb = connect(DynamoDBClient, region);
  const ssm = connect(SSMClient, region);
  const sqs = connect(SQSClient, region);
  const tools = {
    core: makeCore(world, dynamodb),
    requests: new Table<AlarmItem>(dynamodb, tables.requests),
    ringing: new Table<RingingItem>(dynamodb, tables.requests),
    sfn: connect(SFNClient, region),
    channels: connectChannels(region),
    autoScaling: connect(AutoScalingClient, region),
    rollbackMachineArn: environment.rollbackMachineArn,
    wake: makeWaker(world.environment, dynamodb, sqs).deployment,
  };
  const logger = makeLogger(environment);
  const connected = intakeRegions<RollbackItem>(regions, {
    ssm: (name) => connect(SSMClient, name),
    dynamodb: (name) => connect(DynamoDBClient, name),
    sfn: (name) => connect(SFNClient, name),
    requestsTable: tables.requests,
    machineArn: environment.rollbackMachineArn,
    settingsPrefix: environment.settingsPrefix,
    clock: world.clock,
  });
  const takeAsked = async (asked: AskedRollback): Promise<void> => {
    const { refused, invalid } = await takeRollback(asked, connected, (work) =>
      withinTime(() => work, AbortSignal.timeout(otherRegionMs)),
    );
    reportUnreadable(refused === undefined, invalid, logger);
  };
  const take = async (body: string): Promise<void> => {
    const asked = parseRollbackEvent(body);
    if (asked) return takeAsked(asked);
    const ringing = parseRingingAlarm(body);
    const alarm = ringing ?? parseAlarmEvent(body);
    const { settings, invalid } = await readAllSettings(ssm, environment.settingsPrefix);
    if (ringing) return takeRinging(ringing, settings, tools);
    const concerned = await takeAlarm(alarm, settings, tools);
    reportUnreadable(concerned > 0, invalid, logger);
  };
  const again: AgainTools = { sqs, sns: tools.channels.sns, queueUrl, environment, clock: world.clock };
  return lambda(world, 'TakeAlarm', (event: SqsEvent) =>
    eachMessage(
      event,
      async (body, record) => {
        try {
          await take(body);
        } catch (error) {
          const replaced = await tryAgain(record, error, again).catch(() => false);
          if (!replaced) throw error;
          logger.warn('An alarm could not be judged, and is tried again', { error: nameOf(error) });
        }
      },
      logger,
    ),
  );
};

export const handler = make(
  production(process.env),
  readFailoverEnvironment(process.env),
  readAlarmsQueueUrl(process.env),
);
