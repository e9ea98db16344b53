import { AwsError } from '@forseti/embedded-cloud';
import { changesOfFleet, refusedByIam } from './support/calls';
import { type Ended, startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

const golden = { strategy: 'golden-instance' };

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

  test.each(fleets)('Preflight rejects the fleet: %s', async (_, options, words) => {
    const stack = await startTestStack(options);
    const ended = await stack.deploy();
    expectRejected(stack, ended, ['Accept', 'Lock', 'Preflight']);
    expect(ended.end?.problems.join('\n')).toMatch(words);
  });

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
