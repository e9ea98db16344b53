import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { AwsError, type CloudState } from '@forseti/embedded-cloud';
import { parseDeployRequest } from '../../lib/deployment/request';
import { minuteMs, ring } from './support/acts';
import { refusedByIam } from './support/calls';
import { commandLineOn } from './support/commandLine';
import { looseEnds, releasesOf, serving, told } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

let saved: CloudState;
beforeAll(async () => {
  const stack = await startTestStack({ group: { instances: 3 } });
  expect((await stack.deploy({ application: 'api', version: 'v2' })).outcome).toBe('Deployed');
  saved = stack.cloud.snapshot();
});

const asked = { application: 'api', version: 'v2', imageFrom: 'running', reason: 'security updates' };
const imagesOf = (stack: TestStack) =>
  Object.values(stack.region.service('ec2').state.images).filter(
    ({ tags }) => tags['forseti:version'] === 'v2',
  );
const commandsSince = (stack: TestStack, before: number) =>
  Object.values(stack.region.service('ssm').state.commands)
    .slice(before)
    .map(({ documentName }) => documentName);

test('The running fleet becomes an image from which new instances are launched; nothing is provisioned', async () => {
  const stack = await startTestStack({ from: saved });
  const commands = Object.keys(stack.region.service('ssm').state.commands).length;
  const [first] = imagesOf(stack);
  const { outcome, path } = await stack.deploy(asked, 'again');
  expect(outcome).toBe('Deployed');
  expect(path.filter((state) => /Suspend$|Provision|Resume|Refresh/.test(state))).toEqual([]);
  expect(path).toEqual(
    expect.arrayContaining(['TakeOut', 'BakeImage', 'PutBack', 'SwapLaunchTemplate', 'Rollout']),
  );
  expect(commandsSince(stack, commands).filter((name) => name.includes('provision'))).toEqual([]);
  const made = imagesOf(stack).find(({ id }) => id !== first?.id);
  expect(imagesOf(stack)).toHaveLength(2);
  // The image with which a spike launches now.
  await stack.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity: 4 }));
  await stack.cloud.advance(5 * 60_000);
  expect(serving(stack).filter(({ imageId }) => imageId === made?.id)).toHaveLength(1);
  expect(serving(stack).map(({ tag, software }) => [tag, software])).toEqual(
    Array.from({ length: 4 }, () => ['v2', 'v2']),
  );
  expect(Object.values(await looseEnds(stack)).flat()).toEqual([]);
  expect(refusedByIam(stack)).toEqual([]);
});

test('After a rollback, cleaned images of the version that was left are neither drift nor what an alarm is about', async () => {
  const stack = await startTestStack({
    group: { instances: 3 },
    cloud: { alarms: { 'api-5xx': {} } },
    settings: { rollback: { alarms: ['api-5xx'] } },
  });
  await stack.deploy({ application: 'api', version: 'v2' });
  for (const week of ['first', 'second', 'third']) {
    await stack.cloud.advance(60 * minuteMs);
    expect((await stack.deploy(asked, week)).outcome).toBe('Deployed');
  }
  await stack.cloud.advance(60 * minuteMs);
  expect(
    (await releasesOf(stack)).filter(({ version, cleanedAt }) => version === 'v2' && cleanedAt),
  ).not.toEqual([]);
  expect((await stack.rollBack({ application: 'api' })).outcome).toBe('RolledBack');
  await stack.cloud.advance(5 * minuteMs);
  const status = JSON.parse(
    (await commandLineOn(stack.session)('status', 'api', '--format', 'json')).out,
  ) as {
    drift?: object;
    current: object;
  };
  expect(status.current).toMatchObject({ release: 'v1', onVersion: 3 });
  expect(status.drift).toEqual({ release: 'v1', instances: [], settings: [] });
  await ring(stack);
  await stack.cloud.advance(5 * minuteMs);
  expect(
    told(stack).filter(({ message }) => /The fleet was rolled back to api v1/.test(message)),
  ).not.toEqual([]);
});

test('A version that no instance runs is refused before anything is touched', async () => {
  const stack = await startTestStack({ from: saved });
  const { outcome, end } = await stack.deploy({ ...asked, version: 'v9' }, 'other');
  expect(outcome).toBe('Rejected');
  expect(end?.problems.join()).toMatch(/tagged forseti:version = v9/);
  expect(imagesOf(stack)).toHaveLength(1);
});

test('A fleet that no deployment has touched is refused: the roles may not run commands on it', async () => {
  const stack = await startTestStack({ group: { instances: 3 } });
  const { outcome, end } = await stack.deploy({ ...asked, version: 'v1' });
  expect(outcome).toBe('Rejected');
  expect(end?.problems.join()).toMatch(/tagged forseti:version = v1 and forseti:deployment/);
});

test('If the image fails, the instance is back in service and nothing is left', async () => {
  const stack = await startTestStack({ from: saved });
  stack.cloud.faults = {
    call: ({ action, input }) =>
      action === 'CreateLaunchTemplateVersion' && (input as { DryRun?: boolean }).DryRun !== true
        ? { before: new AwsError('InvalidParameterValue', 'no') }
        : undefined,
  };
  const { outcome } = await stack.deploy(asked, 'fails');
  expect(outcome).toBe('RolledBack');
  expect(serving(stack)).toHaveLength(3);
  expect((await looseEnds(stack)).aside).toEqual([]);
});

test('Settings that regenerating would ignore are refused, all of them', () => {
  expect(() =>
    parseDeployRequest({
      ...asked,
      image: 'ami-0123456789abcdef0',
      extraVars: { a: 1 },
      strategy: 'golden-instance',
    }),
  ).toThrow(
    expect.objectContaining({
      problems: [
        expect.stringMatching(/image.*takes the fleet as it is/),
        expect.stringMatching(/strategy.*takes the fleet as it is/),
        expect.stringMatching(/extraVars.*takes the fleet as it is/),
      ] as unknown,
    }) as Error,
  );
});
