import {
  AttachLoadBalancersCommand,
  AttachTrafficSourcesCommand,
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DetachLoadBalancerTargetGroupsCommand,
  type LaunchTemplateOverrides,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AwsError } from '@forseti/embedded-cloud';
import { ask } from '../../cli/session/ask';
import type { DeploymentPlan } from '../../lib/plan/plan';
import { changesOfFleet, refusedByIam } from './support/calls';
import { pasteIntoShell } from './support/repair';
import { type Ended, startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

const golden = { strategy: 'golden-instance' };

const problemsOfPlan = async (stack: TestStack): Promise<string[]> => {
  const { checks } = await ask<DeploymentPlan>(stack.session, 'Plan', { application: 'api', version: 'v2' });
  return checks.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
};

/** What a plan finds, a deployment finds some seconds later. */
const untimed = (problem: string): string => problem.replace(/\d\d:\d\d:\d\d(\.\d+)?Z/g, 'then');

const attachAsSource = async ({ session }: TestStack): Promise<void> => {
  const autoScaling = session.connect(AutoScalingClient);
  const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({}),
  );
  const [arn = ''] = group?.TargetGroupARNs ?? [];
  const place = { AutoScalingGroupName: 'api' };
  await autoScaling.send(new DetachLoadBalancerTargetGroupsCommand({ ...place, TargetGroupARNs: [arn] }));
  await autoScaling.send(
    new AttachTrafficSourcesCommand({ ...place, TrafficSources: [{ Identifier: arn, Type: 'elbv2' }] }),
  );
};

const templateOf = (stack: TestStack) => ({
  LaunchTemplateId: stack.group().launch.launchTemplate?.id,
  Version: stack.group().launch.launchTemplate?.version,
});

const setOverrides = (stack: TestStack, overrides: LaunchTemplateOverrides[]) =>
  stack.session.connect(AutoScalingClient).send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: 'api',
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification: templateOf(stack), Overrides: overrides },
      },
    }),
  );

const useVolumes = async (stack: TestStack, gib: number): Promise<void> => {
  const { LaunchTemplateId, Version } = templateOf(stack);
  const { LaunchTemplateVersion: made } = await stack.session.connect(EC2Client).send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId,
      SourceVersion: Version,
      LaunchTemplateData: { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: gib } }] },
    }),
  );
  await stack.session.connect(AutoScalingClient).send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: 'api',
      LaunchTemplate: { LaunchTemplateId, Version: String(made?.VersionNumber) },
    }),
  );
};

const expectRejected = (stack: TestStack, ended: Ended, path: readonly string[]) => {
  expect(ended.outcome).toBe('Rejected');
  expect(ended.path).toEqual([...path, 'Close', 'Unlock', 'Outcome', 'Rejected']);
  expect(changesOfFleet(stack)).toEqual([]);
  expect(refusedByIam(stack)).toEqual([]);
  expect(stack.region.service('dynamodb').state.tables['forseti-production-locks']).toBeDefined();
};

describe('Bad input', () => {
  const inputs: [string, unknown, RegExp][] = [
    ['an unknown application', { application: 'web', version: 'v2' }, /no application "web".*api/s],
    ['a malformed version', { application: 'api', version: 'v2; reboot' }, /"v2; reboot" is malformed/],
    ['a text', 'api v2', /input is a string/],
    ['a list', ['api', 'v2'], /input is a list/],
    ['nothing', null, /input is null/],
    [
      'a key that is not known',
      { application: 'api', version: 'v2', ami: 'ami-1' },
      /"ami": not known; expected application, version, image/,
    ],
  ];

  test.each(inputs)(
    'Bad input ends as Rejected, says what is wrong, and touches nothing: %s',
    async (_, input, words) => {
      const stack = await startTestStack();
      const ended = await stack.deploy(input);
      expectRejected(stack, ended, ['Accept']);
      expect(ended.end?.problems.join('\n')).toMatch(words);
    },
  );
});

describe('A fleet that is not in order', () => {
  const fleets: [string, TestStackOptions, RegExp][] = [
    ['one instance only', { group: { instances: 1 } }, /has 1 instance in service/],
    ['one zone only', { group: { zones: ['eu-west-1a'] } }, /one zone only \(eu-west-1a\)/],
    [
      'one zone only, golden-instance',
      { group: { zones: ['eu-west-1a'] }, settings: golden },
      /one zone only/,
    ],
    [
      'a dead agent',
      { group: { instances: [{ count: 3 }, { agent: { dead: true } }] } },
      /agent is not online on i-[0-9a-f]+/,
    ],
    [
      'an old agent',
      { group: { instances: [{ count: 3 }, { agent: { version: '3.1.0.0' } }] } },
      /older than 3.3.2746.0 on i-/,
    ],
    ['no good release', { released: false }, /forseti deploy api v2 --strategy golden-instance/],
    ['$Latest', { group: { launchTemplate: { reference: '$Latest' } }, settings: golden }, /uses \$Latest/],
    [
      'an image from a parameter',
      { group: { launchTemplate: { imageParameter: 'resolve:ssm:/images/api' } }, settings: golden },
      /takes its image from a parameter/,
    ],
    [
      'another operator',
      { group: { operator: 'ecs.amazonaws.com', tags: { 'forseti:application': 'api' } } },
      /managed by ecs.amazonaws.com/,
    ],
    [
      'maintenance',
      { group: { instances: [{ count: 3 }, { maintenance: { code: 'system-reboot', in: '10m' } }] } },
      /system-reboot/,
    ],
    [
      'a scheduled action in the window',
      { group: { scheduledActions: { onsale: { in: '10m', desired: 10 } } } },
      /onsale at 2026-11-22T08:10/,
    ],
    [
      'too small a quota',
      { settings: golden, cloud: { quotas: { 'L-1216C47A': 8 } } },
      /quota L-1216C47A allows 8 vCPUs and 8 are in use/,
    ],
    [
      'an alarm that does not exist',
      { settings: { rollback: { alarms: ['nobody-made-it'] } } },
      /nobody-made-it/,
    ],
    [
      'an alarm that is in ALARM already',
      {
        settings: { rollback: { alarms: ['api-5xx'] } },
        cloud: { alarms: { 'api-5xx': { state: 'ALARM' } } },
      },
      /ring already: api-5xx/,
    ],
    [
      'a document that does not exist',
      {
        settings: {
          provisioning: { source: { s3: 's3://acme-provisioning/api.zip' }, document: 'nobody-made-it' },
        },
      },
      /SSM document nobody-made-it does not exist in eu-west-1/,
    ],
    [
      'a document that does not take what the settings say',
      {
        settings: {
          provisioning: {
            source: { s3: 's3://acme-provisioning/api.tar.gz' },
            document: 'AWS-ApplyAnsiblePlaybooks',
          },
        },
      },
      /takes a folder or a .zip/,
    ],
    [
      'no instance left for the image',
      { group: { instances: [{ count: 4, tags: { 'forseti:avoid-image': 'true' } }] } },
      /none is left to make the image from/,
    ],
  ];

  test.each(fleets)(
    'Preflight rejects the fleet, and plan says the same before: %s',
    async (_, options, words) => {
      const stack = await startTestStack(options);
      const planned = await problemsOfPlan(stack);
      const ended = await stack.deploy();
      expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
      expect(ended.end?.problems.join('\n')).toMatch(words);
      expect(ended.end?.problems.map(untimed)).toEqual(planned.map(untimed));
    },
  );

  /** What somebody has done to the group beside Forseti. */
  const hands: [string, (stack: TestStack) => Promise<unknown>, RegExp][] = [
    [
      'a classic load balancer',
      ({ session }) =>
        session
          .connect(AutoScalingClient)
          .send(new AttachLoadBalancersCommand({ AutoScalingGroupName: 'api', LoadBalancerNames: ['old'] })),
      /classic load balancers \(old\).*detach-load-balancers --auto-scaling-group-name api --load-balancer-names old/,
    ],
    [
      'a target group of VPC Lattice',
      ({ session }) =>
        session.connect(AutoScalingClient).send(
          new AttachTrafficSourcesCommand({
            AutoScalingGroupName: 'api',
            TrafficSources: [{ Identifier: 'tg-1', Type: 'vpc-lattice' }],
          }),
        ),
      /type vpc-lattice \(tg-1\).*--traffic-sources Identifier=tg-1,Type=vpc-lattice/,
    ],
    ['a target group attached as a traffic source', attachAsSource, /attached as traffic sources/],
    [
      'overrides with an image of their own',
      (stack) => setOverrides(stack, [{ InstanceType: 'm5.large', ImageId: 'ami-00000000000000009' }]),
      /an image of their own \(m5\.large: ami-00000000000000009\)/,
    ],
    [
      "volumes smaller than the image's",
      (stack) => useVolumes(stack, 4),
      /\/dev\/xvda of 4 GiB, snap-[0-9a-f]+ of ami-[0-9a-f]+ needs 8 GiB/,
    ],
  ];

  test.each(hands)('Preflight rejects what somebody did to the group: %s', async (_, change, words) => {
    const stack = await startTestStack();
    await change(stack);
    const planned = await problemsOfPlan(stack);
    const ended = await stack.deploy();
    expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
    // EC2 says the same of volumes when the image's test launch is tried.
    const tried = /^AWS refuses what VerifyImage would do: InvalidBlockDeviceMapping/;
    const told = ended.end?.problems?.filter((problem) => !tried.test(problem));
    expect(told).toEqual([expect.stringMatching(words)]);
    expect(planned).toEqual(ended.end?.problems);
  });

  test.each<[string, (stack: TestStack) => Promise<unknown>]>([
    ['of traffic sources', attachAsSource],
    [
      'of overrides',
      (stack) => setOverrides(stack, [{ InstanceType: 'm5.large', ImageId: 'ami-00000000000000009' }]),
    ],
  ])('The commands that a check names work as they are printed: %s', async (_, change) => {
    const stack = await startTestStack({ settings: golden });
    await change(stack);
    const [problem = ''] = await problemsOfPlan(stack);
    await pasteIntoShell(stack, problem.slice(problem.indexOf('aws autoscaling')));
    expect(await problemsOfPlan(stack)).toEqual([]);
  });

  const parameters = { commands: ['/opt/deploy'] };
  const shell = { document: 'AWS-RunShellScript', source: undefined, parameters };
  const documents: [string, object, RegExp][] = [
    [
      'a parameter that it does not have',
      { ...shell, parameters: { command: ['true'] } },
      /takes no parameter command; did you mean commands\?/,
    ],
    [
      'a value off its pattern',
      { ...shell, parameters: { ...parameters, executionTimeout: ['0'] } },
      /executionTimeout would be "0"; expected what matches/,
    ],
    ['a version that it does not have', { ...shell, documentVersion: '7' }, /has no version 7/],
    [
      'variables that nothing takes',
      { ...shell, extraVars: { workers: 8 } },
      /extraVars \(workers\) is not passed on/,
    ],
    [
      'a commit that nobody named',
      { ...shell, parameters: { commands: ['/opt/deploy {commit}'] } },
      /asks for \{commit\}/,
    ],
    [
      "a playbook that Forseti's own refuses",
      { source: { s3: 's3://a-b-c/api.zip' }, playbook: './site.yml' },
      /Playbook would be "\.\/site\.yml"/,
    ],
    [
      'a ref of a commit that nobody named',
      { source: { git: 'https://git.example.com/a.git', ref: '{commit}' } },
      /provisioning\.source asks for \{commit\}/,
    ],
    ['no source', {}, /provisioning\.source is missing/],
    [
      'a pattern of the Ansible document',
      { document: 'AWS-ApplyAnsiblePlaybooks', source: { s3: 's3://a-b-c/api.zip' }, tags: ['web'] },
      /no way to run a part of a playbook/,
    ],
  ];

  test.each(documents)(
    'Preflight holds the settings against the document: %s',
    async (_, provisioning, words) => {
      const stack = await startTestStack({ settings: { provisioning } });
      const planned = await problemsOfPlan(stack);
      const ended = await stack.deploy();
      expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
      expect(ended.end?.problems.join('\n')).toMatch(words);
      expect(planned).toEqual(ended.end?.problems);
    },
  );

  const counting = (targetGroup?: string) => ({
    scaling: {
      policies: {
        load: {
          type: 'target-tracking',
          metric: 'ALBRequestCountPerTarget',
          target: 100,
          ...(targetGroup !== undefined && { targetGroup }),
        },
      },
    },
  });
  const elsewhere = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0123456789abcdef';
  test.each<[string, object, string]>([
    [
      'another document has no use for a source',
      { document: 'AWS-RunShellScript', parameters, source: { s3: 's3://a-b-c/api.zip' } },
      'AWS-RunShellScript, which is not given provisioning.source',
    ],
    [
      "AWS's own for Ansible pins nothing",
      { document: 'AWS-ApplyAnsiblePlaybooks', source: { s3: 's3://a-b-c/api.zip' } },
      'AWS-ApplyAnsiblePlaybooks, which does not pin its source: each instance takes what is there then',
    ],
    [
      "Forseti's own pins its source",
      { source: { s3: 's3://a-b-c/api.zip' } },
      'forseti-production-provision',
    ],
  ])('A plan says of the document what is not refused: %s', async (_, provisioning, words) => {
    const { session } = await startTestStack({ settings: { provisioning } });
    const { checks } = await ask<DeploymentPlan>(session, 'Plan', { application: 'api', version: 'v2' });
    expect(checks.find(({ name }) => name === 'provisioning document')).toEqual({
      name: 'provisioning document',
      found: words,
    });
  });

  const scalings: [string, TestStackOptions, RegExp][] = [
    [
      'that counts requests without a target group',
      { group: { targetGroups: [] }, settings: counting() },
      /attached to no target group/,
    ],
    [
      'that counts requests of another target group',
      { settings: counting(elsewhere) },
      /which group api is not attached to/,
    ],
  ];

  test.each(scalings)('Preflight rejects a scaling policy %s', async (_, options, words) => {
    const stack = await startTestStack(options);
    const planned = await problemsOfPlan(stack);
    const ended = await stack.deploy();
    expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
    expect(ended.end?.problems.join('\n')).toMatch(words);
    expect(planned).toEqual(ended.end?.problems);
  });

  test.each(['metric', 'composite'])(
    'Preflight rejects a name that a %s alarm of somebody else has',
    async (kind) => {
      const name = 'forseti-production-api-errors';
      const stack = await startTestStack({
        settings: { scaling: { alarms: { errors: { metric: 'RequestCount', threshold: 1 } } } },
        cloud: { alarms: kind === 'metric' ? { [name]: {} } : { one: {}, [name]: { rule: 'ALARM(one)' } } },
      });
      const planned = await problemsOfPlan(stack);
      const ended = await stack.deploy();
      expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
      expect(ended.end?.problems).toEqual([expect.stringContaining(name)]);
      expect(planned).toEqual(ended.end?.problems);
    },
  );

  test('All problems are reported together', async () => {
    const stack = await startTestStack({
      released: false,
      group: { zones: ['eu-west-1a'], instances: [{ count: 2, agent: { dead: true } }] },
    });
    const ended = await stack.deploy();
    expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
    expect(ended.end?.problems).toHaveLength(3);
  });

  test('What EC2 refuses for another reason than a missing permission is told so', async () => {
    const stack = await startTestStack({
      settings: { strategy: 'golden-instance' },
      faults: {
        call: ({ action }) =>
          action === 'RunInstances'
            ? { before: new AwsError('InvalidKeyPair.NotFound', "The key pair 'web' does not exist") }
            : undefined,
      },
    });
    const ended = await stack.deploy();
    expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
    expect(ended.end?.problems).toEqual([
      expect.stringMatching(
        /^AWS refuses what LaunchBuilder would do: InvalidKeyPair\.NotFound: The key pair 'web' does not exist\. What it names is gone/,
      ),
    ]);
  });

  test('Preflight rejects an unknown image', async () => {
    const stack = await startTestStack();
    const ended = await stack.deploy({ application: 'api', version: 'v2', image: 'ami-0123456789abcdef0' });
    expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
    expect(ended.end?.problems.join()).toMatch(/ami-0123456789abcdef0 is not known in this region/);
  });
});
