import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { findAlarms } from '../../../lib/aws/alarms';

const metric = { AlarmName: 'api-5xx', StateValue: 'OK' as const };
const composite = { AlarmName: 'api-health', StateValue: 'ALARM' as const };

test('A search finds alarms of both types, on every page.', async () => {
  // As CloudWatch does: what is not asked for by its type does not come.
  const client = mockClient(CloudWatchClient);
  const answer = ({ AlarmTypes: types = ['MetricAlarm'], NextToken: token }: DescribeAlarmsCommandInput) =>
    token === undefined
      ? { MetricAlarms: types.includes('MetricAlarm') ? [metric] : [], NextToken: 'more' }
      : { CompositeAlarms: types.includes('CompositeAlarm') ? [composite] : [] };
  client.on(DescribeAlarmsCommand).callsFake(answer);
  const names = { AlarmNames: ['api-5xx', 'api-health'] };
  expect(await findAlarms(new CloudWatchClient({ region: 'eu-west-1' }), names)).toEqual({
    metric: [metric],
    composite: [composite],
    all: [metric, composite],
  });
  for (const call of client.commandCalls(DescribeAlarmsCommand))
    expect(call.args[0].input).toMatchObject(names);
});
