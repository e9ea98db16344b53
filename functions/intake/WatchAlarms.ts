import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../../lib/application/store';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { lambda } from '../../lib/engine/step';
import { readAlarmsQueueUrl } from '../../lib/intake/environment';
import { watchAlarms } from '../../lib/intake/watchAlarms';

/** Every five minutes: puts the alarms of the settings that are in ALARM on the queue of the alarms. */
export const make = (world: World, alarmsQueueUrl: string) => {
  const { region, settingsPrefix, stage } = world.environment;
  const ssm = connect(SSMClient, region);
  const tools = {
    stage,
    clock: world.clock,
    cloudWatch: connect(CloudWatchClient, region),
    sqs: connect(SQSClient, region),
    alarmsQueueUrl,
  };
  return lambda(world, 'WatchAlarms', async () => {
    const { settings } = await readAllSettings(ssm, settingsPrefix);
    return { ringing: await watchAlarms(settings, tools) };
  });
};

export const handler = make(production(process.env), readAlarmsQueueUrl(process.env));
