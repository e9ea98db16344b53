/** Forseti changes only fleets that it has adopted. */
import { AutoScalingClient, SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand, EC2Client } from '@aws-sdk/client-ec2';
import { adoptFleets } from '../../cli/actions/adoptFleets';
import { describeFleets } from '../../cli/queries/fleets';
import { nameOf } from '../../lib/aws/failure';
import { commandLineOn } from './support/commandLine';
import { changesOfFleet } from './support/calls';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const settings = {
  applications: {
    api: { group: 'api', provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' } } },
  },
};

const template = (stack: TestStack) => {
  const { launchTemplates } = stack.region.service('ec2').state;
  const found = launchTemplates[stack.group().launch.launchTemplate?.id ?? ''];
  if (!found) throw new Error('The group has no launch template.');
  return found;
};

/** A fleet that Forseti has not adopted. */
const strange = async (): Promise<TestStack> => {
  const stack = await startTestStack();
  stack.group().tags = [];
  template(stack).tags = {};
  return stack;
};

const commands = (stack: TestStack) => [
  'aws autoscaling create-or-update-tags --tags ' +
    'ResourceId=api,ResourceType=auto-scaling-group,Key=forseti:application,Value=api,PropagateAtLaunch=false',
  `aws ec2 create-tags --resources ${template(stack).id} --tags Key=forseti:application,Value=api`,
];

test('A fleet without the tag is refused with the commands that give it, and deployed once they were run', async () => {
  const stack = await strange();
  const refused = await stack.deploy(undefined, 'first');
  expect(refused.outcome).toBe('Rejected');
  for (const command of commands(stack)) expect(JSON.stringify(refused.end)).toContain(command);
  expect(changesOfFleet(stack).filter((call) => call !== 'ec2:CreateLaunchTemplateVersion')).toEqual([]);
  const found = await adoptFleets(stack.session, settings);
  expect(found.flatMap(({ lacks }) => lacks.map(({ what }) => what))).toEqual(['group', 'launch template']);
  expect(await describeFleets(stack.session, settings)).toEqual([{ application: 'api', lacks: [] }]);
  expect((await stack.deploy(undefined, 'second')).outcome).toBe('Deployed');
});

test('What the roles may not do for want of the tag is put down to the tag, and not to the stack', async () => {
  const stack = await strange();
  for (const strategy of ['golden-instance', 'deploy-and-snapshot']) {
    const { outcome, end } = await stack.deploy({ application: 'api', version: 'v2', strategy }, strategy);
    expect(outcome).toBe('Rejected');
    const denied = end?.problems.filter((problem) => problem.startsWith('The role of ')) ?? [];
    expect(denied.length).toBeGreaterThan(0);
    for (const problem of denied) {
      expect(problem).toContain('That is so because of the missing tag: aws ');
      expect(problem).not.toContain('Deploy the stack');
    }
  }
  await stack.rollBack({ application: 'api', version: 'v1' });
  const typed = commandLineOn(stack.session);
  for (const command of [['status', 'api'], ['doctor']]) {
    const { out } = await typed(...command);
    expect(out).not.toContain('Deploy the stack of this release again');
  }
});

test('A rollback of a fleet that was taken back is refused with the commands', async () => {
  const stack = await strange();
  const { outcome, end } = await stack.rollBack({ application: 'api', version: 'v1' });
  expect(outcome).toBe('Rejected');
  for (const command of commands(stack)) expect(JSON.stringify(end)).toContain(command);
});

test('A group that carries another application’s tag is neither deployed to nor taken', async () => {
  const stack = await startTestStack();
  stack.group().tags = [{ key: 'forseti:application', value: 'web', propagate: false }];
  const [fleet] = await adoptFleets(stack.session, settings);
  expect(fleet?.lacks).toMatchObject([{ what: 'group', taken: true }]);
  expect(stack.group().tags).toMatchObject([{ value: 'web' }]);
  const { outcome, end } = await stack.deploy();
  expect([outcome, JSON.stringify(end)]).toEqual([
    'Rejected',
    expect.stringMatching(/belongs to application web/),
  ]);
});

test('A group that does not exist yet is reported, and keeps no other from being tagged', async () => {
  const stack = await strange();
  const { api } = settings.applications;
  const found = await adoptFleets(stack.session, { applications: { web: { ...api, group: 'web' }, api } });
  expect(found).toMatchObject([
    { application: 'web', unseen: expect.stringMatching(/Auto Scaling group web does not exist/) as string },
    { application: 'api' },
  ]);
  expect(template(stack).tags).toEqual({ 'forseti:application': 'api' });
});

test.each([
  ['Suspend', 'AccessDenied'],
  ['SwapLaunchTemplate', 'UnauthorizedOperation'],
])('AWS itself denies %s a change of a fleet without the tag', async (state, refusal) => {
  const stack = await strange();
  const { roleArn } = stack.region.service('lambda').find(`forseti-production-${state}`);
  const connect = stack.cloud.connect('eu-west-1', { kind: 'function', arn: roleArn, name: state });
  const LaunchTemplateId = template(stack).id;
  const send = (): Promise<unknown> =>
    state === 'Suspend'
      ? connect(AutoScalingClient).send(
          new SuspendProcessesCommand({ AutoScalingGroupName: 'api', ScalingProcesses: ['Launch'] }),
        )
      : connect(EC2Client).send(
          new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData: {} }),
        );
  const answer = () => stack.cloud.run(() => send().then(() => 'done', nameOf));
  expect(await answer()).toBe(refusal);
  await adoptFleets(stack.session, settings);
  expect(await answer()).toBe('done');
});
