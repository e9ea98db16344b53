import {
  AlreadyExistsFault,
  AutoScalingClient,
  PutScheduledUpdateGroupActionCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { schedule } from '../../../lib/switches/prewarm/schedule';

const autoScaling = mockClient(AutoScalingClient);
const client = new AutoScalingClient({ region: 'eu-west-1' });
const at = Date.UTC(2026, 10, 22, 14);
const taken = new AlreadyExistsFault({
  message: 'Scheduled action with this scheduled start time already exists',
  $metadata: {},
});
const times = () =>
  autoScaling
    .commandCalls(PutScheduledUpdateGroupActionCommand)
    .map(({ args }) => (args[0].input.StartTime?.getTime() ?? 0) - at);

beforeEach(() => {
  autoScaling.reset();
});

test('An action whose time another has taken meanwhile comes shortly after it', async () => {
  autoScaling.on(PutScheduledUpdateGroupActionCommand).rejectsOnce(taken).resolves({});
  await schedule(client, 'api', 'forseti-prewarm-end', at, 2);
  expect(times()).toEqual([0, 1_000]);
});

test('It is tried a minute later too, in case AWS compares minutes, and then refused as AWS did', async () => {
  autoScaling.on(PutScheduledUpdateGroupActionCommand).rejects(taken);
  await expect(schedule(client, 'api', 'forseti-prewarm-end', at, 2)).rejects.toThrow(AlreadyExistsFault);
  expect(times()).toEqual([0, 1_000, 2_000, 60_000, 120_000]);
});

test('No other refusal is tried again', async () => {
  autoScaling.on(PutScheduledUpdateGroupActionCommand).rejects(new Error('no'));
  await expect(schedule(client, 'api', 'forseti-prewarm-end', at, 2)).rejects.toThrow('no');
  expect(times()).toEqual([0]);
});
