import { CreateImageCommand, EC2Client } from '@aws-sdk/client-ec2';
import { minuteMs, scaleOut, software } from './support/acts';
import { refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds } from './support/snapshot';
import { startTestStack } from './support/testStack';

jest.setTimeout(60_000);

const two = { instances: 2, min: 1, max: 6, zones: ['eu-west-1a', 'eu-west-1b'] };

test('Deploy, rollback and deploy at once work, although an instance of the rollback is still Pending', async () => {
  const stack = await startTestStack({ group: two });
  expect((await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2')).outcome).toBe('Deployed');
  expect((await stack.rollBack()).outcome).toBe('RolledBack');
  const lifecycles = Object.values(stack.group().instances).map(({ lifecycle }) => lifecycle);
  expect(lifecycles).toContain('Pending');
  const ended = await stack.deploy({ application: 'api', version: 'v3' }, 'to-v3');
  expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
  expect(ended.path.slice(0, 5)).toEqual(['Accept', 'Lock', 'Preflight', 'Settle', 'ImageFrom']);
  expect(software(stack)).toEqual(['v3']);
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});

test('A fleet of one to which a second is being added is waited for', async () => {
  const stack = await startTestStack({ group: { ...two, instances: 1 } });
  await scaleOut(stack);
  const ended = await stack.deploy({ application: 'api', version: 'v2' });
  expect([ended.outcome, ended.path.includes('Settle')]).toEqual(['Deployed', true]);
});

test('An instance that does not come is named after a quarter of an hour, and nothing was touched', async () => {
  const hooks = { slow: { on: 'launching', timeout: '1h' } };
  const stack = await startTestStack({ group: { ...two, instances: 1, hooks } });
  await scaleOut(stack);
  const ended = await stack.deploy({ application: 'api', version: 'v2' });
  expect(ended.outcome).toBe('Rejected');
  expect(ended.end?.problems.join()).toMatch(
    /1 instance in service.*i-\w+ is Pending:Wait even after a while/,
  );
  expect(ended.seconds).toBeGreaterThan(14 * 60);
  expect(ended.seconds).toBeLessThan(17 * 60);
});

test('A ready image that is still being made is waited for', async () => {
  const stack = await startTestStack({
    group: two,
    settings: { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } },
  });
  const [instance] = Object.keys(stack.group().instances);
  const { ImageId: image } = await stack.session
    .connect(EC2Client)
    .send(new CreateImageCommand({ InstanceId: instance, Name: 'by-hand' }));
  const ended = await stack.deploy({ application: 'api', version: 'v2', image });
  expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
  expect(ended.path).toContain('Settle');
});
