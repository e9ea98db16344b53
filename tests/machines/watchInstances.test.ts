import { refusedByIam } from './support/calls';
import { ownEvents, problemsOf } from './support/busEvents';
import { startTestStack } from './support/testStack';

const twoMembers = [{ count: 3 }, { maintenance: { code: 'instance-retirement', in: '3d' } }];

test('What EC2 has scheduled, and a status check that fails, are reported once each', async () => {
  const stack = await startTestStack({ group: { instances: twoMembers }, watchesInstances: true });
  const seen = ownEvents(stack);
  await stack.cloud.advance(6 * 60_000);
  expect(seen.map(({ detailType, detail }) => [detailType, detail.reason])).toEqual([
    ['Instance Maintenance', expect.stringMatching(/^EC2 has scheduled instance-retirement/)],
  ]);
  expect(seen.map(problemsOf)).toEqual(['']);
  // AWS Health reports the same problem: it causes a check, which finds nothing new.
  stack.region.service('events').put({
    source: 'aws.health',
    detailType: 'AWS Health Event',
    detail: { service: 'EC2', eventTypeCategory: 'scheduledChange' },
  });
  await stack.cloud.advance(20 * 60_000);
  expect(seen).toHaveLength(1);
  expect(refusedByIam(stack)).toEqual([]);
});

test('An event of AWS Health starts a check of the instances at once', async () => {
  const stack = await startTestStack();
  const seen = ownEvents(stack);
  await stack.cloud.advance(60_000);
  const [id = ''] = Object.keys(stack.group().instances);
  stack.instance(id).maintenanceEvents.push({
    id: 'instance-event-1',
    code: 'system-reboot',
    description: 'scheduled reboot',
    notBefore: stack.cloud.now() + 86_400_000,
  });
  stack.region.service('events').put({
    source: 'aws.health',
    detailType: 'AWS Health Event',
    detail: { service: 'EC2', eventTypeCategory: 'scheduledChange' },
  });
  await stack.cloud.advance(5_000);
  expect(seen.map(({ detail }) => detail.instance)).toEqual([id]);
});
