import { startTestStack } from './support/testStack';

jest.setTimeout(60_000);

test('every search for alarms in a deployment asks for composite alarms, too', async () => {
  const asked: unknown[] = [];
  const stack = await startTestStack({
    cloud: { alarms: { 'api-health': {} } },
    settings: { strategy: 'golden-instance', rollback: { alarms: ['api-health'] } },
    faults: {
      call: ({ action, input }) => {
        if (action === 'DescribeAlarms') asked.push(input);
        return undefined;
      },
    },
  });
  expect((await stack.deploy()).outcome).toBe('Deployed');
  expect(asked.length).toBeGreaterThan(1);
  for (const input of asked) expect(input).toMatchObject({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
});
