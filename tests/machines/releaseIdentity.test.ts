/** Which release a rollback goes to: another version, by its id, of this fleet, and one that can still be launched. */
import { AutoScalingClient, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  DeregisterImageCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { adoptFleets } from '../../cli/actions/adoptFleets';
import { releaseId } from '../../lib/engine/releaseId';
import type { Release } from '../../lib/engine/releases';
import { ring, rollbacks, software } from './support/acts';
import { refusedByIam } from './support/calls';
import { commandLineOn } from './support/commandLine';
import { rested } from './support/rested';
import { recordOf, releasesOf, told } from './support/snapshot';
import type { TestStack, TestStackOptions } from './support/testStack';

jest.setTimeout(120_000);

const options: TestStackOptions = {
  group: { instances: 2 },
  settings: {
    strategy: 'golden-instance',
    rollout: { strategy: 'instance-refresh', bakeMinutes: 0 },
    rollback: { alarms: ['api-5xx'] },
  },
  cloud: {
    alarms: { 'api-5xx': {} },
    groups: { web: { version: 'v1', instances: 2, max: 20 } },
  },
};

const ec2 = (stack: TestStack): EC2Client => stack.session.connect(EC2Client);

const ofVersion = async (stack: TestStack, version: string): Promise<Release[]> =>
  (await releasesOf(stack)).filter((release) => release.version === version);

const one = async (stack: TestStack, version: string): Promise<Release> => {
  const [found] = await ofVersion(stack, version);
  if (!found) throw new Error(`There is no release ${version}.`);
  return found;
};

const regenerate = async (stack: TestStack, name: string): Promise<void> => {
  const { outcome } = await stack.deploy({ application: 'api', version: 'v2', imageFrom: 'running' }, name);
  expect(outcome).toBe('Deployed');
};

describe('A version with two images', () => {
  test('After regenerate, a rollback leaves the version, and each image can be chosen by the id that list shows', async () => {
    const stack = await rested(options, 'v2');
    await regenerate(stack, 'again');
    const typed = commandLineOn(stack.session);
    const [newer, older] = (await ofVersion(stack, 'v2')).map(releaseId);
    const listed = (await typed('list', 'api')).out;
    expect(listed).toContain(`  ${newer ?? ''}  good`);
    expect(listed).toContain(`  ${older ?? ''}  good`);
    expect(listed).toMatch(/^ {2}v1 +good/m);
    expect((await typed('status', 'api')).out).toContain(newer);
    expect((await stack.rollBack({ application: 'api' }, 'bare')).outcome).toBe('RolledBack');
    expect(software(stack)).toEqual(['v1']);
    const named = await typed('rollback', 'api', '--to', older ?? '');
    expect(named.out).toContain(`RolledBack  api is back on ${older ?? ''}.`);
    const members = Object.values(stack.group().instances);
    expect(members.map(({ template }) => template?.version)).toEqual(['2', '2']);
    expect(
      told(stack).some(({ message }) => message.includes(`Rollback of api to ${older ?? ''}: RolledBack`)),
    ).toBe(true);
    expect(refusedByIam(stack)).toEqual([]);
  });

  test('If the image alone is bad, the alarm goes back to the image of the same version that ran before', async () => {
    const stack = await rested(options, 'v2');
    await regenerate(stack, 'again');
    await ring(stack);
    await stack.cloud.advance(60_000);
    const ended = await stack.ended((await rollbacks(stack))[0] ?? '');
    expect(ended.outcome).toBe('RolledBack');
    const [newer, older] = await ofVersion(stack, 'v2');
    expect([newer?.state, older?.state, older?.restoredAt === undefined]).toEqual(['bad', 'good', false]);
  });

  test('A malformed id is a wrong use, and one of no release is refused with those of its version', async () => {
    const stack = await rested(options, 'v2');
    const typed = commandLineOn(stack.session);
    expect(await typed('rollback', 'api', '--to', 'v2@nothex')).toMatchObject({ code: 2 });
    const unknown = await stack.rollBack({ application: 'api', version: 'v2@000000' }, 'unknown');
    expect([unknown.outcome, unknown.end?.error]).toEqual(['Rejected', 'UnknownVersion']);
    expect(unknown.end?.message).toMatch(/did you mean v2\?/);
  });
});

describe('A target that cannot be launched any more', () => {
  const loseImage = async (stack: TestStack) =>
    ec2(stack).send(new DeregisterImageCommand({ ImageId: (await one(stack, 'v2')).image }));

  test('An automatic rollback takes the newest good release that can, and says what it passed over', async () => {
    const stack = await rested(options, 'v2', 'v3');
    await loseImage(stack);
    await ring(stack);
    await stack.cloud.advance(60_000);
    const [arn = ''] = await rollbacks(stack);
    expect((await stack.ended(arn)).outcome).toBe('RolledBack');
    expect(software(stack)).toEqual(['v1']);
    const record = await recordOf(stack, arn.slice(arn.lastIndexOf(':') + 1));
    expect(record?.warnings).toContainEqual(
      expect.stringMatching(/^v2 was passed over: image ami-\w+ is gone$/),
    );
    const messages = told(stack).map(({ message }) => message);
    expect(messages.filter((message) => message.includes('v2 was passed over'))).toHaveLength(2);
    const { out } = await commandLineOn(stack.session)('status', 'api');
    expect(out).toContain('v2 was passed over');
    expect(refusedByIam(stack)).toEqual([]);
  });

  test("A person's rollback does the same, and its command says so", async () => {
    const stack = await rested(options, 'v2', 'v3');
    await loseImage(stack);
    const typed = commandLineOn(stack.session);
    const { code, out } = await typed('rollback', 'api');
    expect([code, software(stack)]).toEqual([0, ['v1']]);
    expect(out).toMatch(/Warning {2}v2 was passed over: image ami-\w+ is gone/);
  });
});

test('If the group was given another launch template, a rollback puts the image into that one', async () => {
  const stack = await rested(options, 'v2');
  const { launchTemplate: former } = await one(stack, 'v2');
  const { LaunchTemplateVersions: [found] = [] } = await ec2(stack).send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: former.id, Versions: [former.version] }),
  );
  const { LaunchTemplate: made } = await ec2(stack).send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'replaced',
      LaunchTemplateData: found?.LaunchTemplateData as RequestLaunchTemplateData,
      TagSpecifications: [
        { ResourceType: 'launch-template', Tags: [{ Key: 'forseti:application', Value: 'api' }] },
      ],
    }),
  );
  await stack.session.connect(AutoScalingClient).send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: 'api',
      LaunchTemplate: { LaunchTemplateId: made?.LaunchTemplateId, Version: '1' },
    }),
  );
  const back = await stack.rollBack({ application: 'api', version: 'v1' }, 'back');
  expect([back.outcome, software(stack)]).toEqual(['RolledBack', ['v1']]);
  expect(stack.group().launch.launchTemplate?.id).toBe(made?.LaunchTemplateId);
  expect((await one(stack, 'v1')).launchTemplate.id).toBe(made?.LaunchTemplateId);
});

describe('A group that the application had before', () => {
  const templateOf = (stack: TestStack) =>
    stack.region.service('autoscaling').state.groups.web?.launch.launchTemplate?.id;

  /** What the settings and `forseti apply --tag` do. */
  const move = async (stack: TestStack): Promise<void> => {
    await stack.store({ ...options.settings, group: 'web' });
    await adoptFleets(stack.session, {
      applications: {
        api: { group: 'web', provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' } } },
      },
    });
  };

  test('No rollback puts the new group on the former one’s launch template; the image comes by a deployment', async () => {
    const stack = await rested(options, 'v2');
    const { image, launchTemplate } = await one(stack, 'v2');
    const own = templateOf(stack);
    expect(own).not.toBe(launchTemplate.id);
    await move(stack);
    expect((await stack.deploy({ application: 'api', version: 'v3' }, 'to-v3')).outcome).toBe('Deployed');
    for (const version of ['v2', releaseId(await one(stack, 'v2'))]) {
      const refused = await stack.rollBack({ application: 'api', version }, `refused-${version.slice(-2)}`);
      expect([refused.outcome, refused.end?.message]).toEqual([
        'Rejected',
        expect.stringContaining(`forseti deploy api v2 --image ${image}`),
      ]);
    }
    expect(templateOf(stack)).toBe(own);
    const brought = await stack.deploy({ application: 'api', version: 'v2', image }, 'brought');
    expect(brought.outcome).toBe('Deployed');
    expect(templateOf(stack)).toBe(own);
    const here = (await ofVersion(stack, 'v2'))[0];
    expect([here?.group, here?.image]).toEqual(['web', image]);
    expect((await stack.rollBack({ application: 'api' }, 'back')).outcome).toBe('RolledBack');
    expect(templateOf(stack)).toBe(own);
  });

  test('A deployment of the new group that fails does not restore it to the former one’s launch template', async () => {
    const stack = await rested(options, 'v2');
    const own = templateOf(stack);
    await move(stack);
    await stack.start({ application: 'api', version: 'v3' }, 'to-v3');
    await stack.cloud.runUntil(
      () => stack.cloud.calls.list.filter(({ action }) => action === 'StartInstanceRefresh').length > 0,
      3_600_000,
    );
    await ring(stack);
    await stack.ended((await stack.executionArns())[0] ?? '');
    const record = await recordOf(stack, 'to-v3');
    expect(record?.outcome).toBe('RolledBack');
    expect(record?.baseline?.launchTemplate.id).toBe(own);
    expect(templateOf(stack)).toBe(own);
  });
});
