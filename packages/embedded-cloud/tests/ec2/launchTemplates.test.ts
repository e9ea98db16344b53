import type {
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateVersionsResult,
  DescribeLaunchTemplateVersionsResult,
} from '@aws-sdk/client-ec2';
import { mergedData } from '../../src/ec2/launchTemplates';
import { makeWorld, type World } from './world';

const createVersion = (world: World, more: object = {}) =>
  world.send<CreateLaunchTemplateVersionResult>('CreateLaunchTemplateVersion', {
    LaunchTemplateId: world.template.id,
    SourceVersion: '1',
    LaunchTemplateData: { ImageId: 'ami-00000000000000002' },
    ...more,
  });

const make = (world: World, more: object = {}) =>
  world.send<CreateLaunchTemplateResult>('CreateLaunchTemplate', {
    LaunchTemplateName: 'web',
    LaunchTemplateData: { ImageId: 'ami-00000000000000002' },
    TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'tickets' }] }],
    ...more,
  });

describe('CreateLaunchTemplate', () => {
  test('Makes a template whose first version is its default', async () => {
    const world = makeWorld();
    const { LaunchTemplate: made } = await make(world);
    expect(made).toMatchObject({
      LaunchTemplateName: 'web',
      DefaultVersionNumber: 1,
      LatestVersionNumber: 1,
      Tags: [{ Key: 'team', Value: 'tickets' }],
    });
    const { LaunchTemplateVersions: versions } = await world.send<DescribeLaunchTemplateVersionsResult>(
      'DescribeLaunchTemplateVersions',
      { LaunchTemplateName: 'web' },
    );
    expect(versions).toMatchObject([
      { VersionNumber: 1, LaunchTemplateData: { ImageId: 'ami-00000000000000002' } },
    ]);
  });

  test('Gives the same template to the same client token', async () => {
    const world = makeWorld();
    const [first, second] = [
      await make(world, { ClientToken: 'i1' }),
      await make(world, { ClientToken: 'i1' }),
    ];
    expect(second.LaunchTemplate?.LaunchTemplateId).toBe(first.LaunchTemplate?.LaunchTemplateId);
  });

  test.each([
    [
      'a name that is taken',
      { LaunchTemplateName: 'api' },
      'InvalidLaunchTemplateName.AlreadyExistsException',
    ],
    ['no name', { LaunchTemplateName: undefined }, 'MissingParameter'],
    ['a name of two characters', { LaunchTemplateName: 'ab' }, 'InvalidParameterValue'],
    ['no data', { LaunchTemplateData: undefined }, 'MissingParameter'],
    [
      'tags for anything else',
      { TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a' }] }] },
      'InvalidParameterValue',
    ],
    ['a dry run', { DryRun: true }, 'DryRunOperation'],
  ])('Refuses %s', async (_what, change, code) => {
    const world = makeWorld();
    await expect(make(world, change)).rejects.toMatchObject({ code });
  });
});

describe('CreateLaunchTemplateVersion', () => {
  test('Inherits from its source all but what is given, and leaves the default', async () => {
    const world = makeWorld();
    const { LaunchTemplateVersion: made } = await createVersion(world, { VersionDescription: 'v2' });
    expect(made).toMatchObject({
      VersionNumber: 2,
      DefaultVersion: false,
      VersionDescription: 'v2',
      LaunchTemplateData: { ImageId: 'ami-00000000000000002', InstanceType: 'm5.large' },
    });
    expect(world.template.defaultVersion).toBe(1);
  });

  test('Inherits nothing without a source', async () => {
    const world = makeWorld();
    const { LaunchTemplateVersion: made } = await createVersion(world, { SourceVersion: undefined });
    expect(made?.LaunchTemplateData).toEqual({ ImageId: 'ami-00000000000000002' });
  });

  test('Gives the same version to the same client token', async () => {
    const world = makeWorld();
    await createVersion(world, { ClientToken: 'd1' });
    const again = await createVersion(world, { ClientToken: 'd1' });
    expect(again.LaunchTemplateVersion?.VersionNumber).toBe(2);
    expect(Object.keys(world.template.versions)).toEqual(['1', '2']);
    const other = createVersion(world, { ClientToken: 'd1', VersionDescription: 'other' });
    await expect(other).rejects.toMatchObject({ code: 'IdempotentParameterMismatch' });
  });

  test.each([
    ['an unknown source version', { SourceVersion: '7' }, 'InvalidLaunchTemplateId.VersionNotFound'],
    ['an unknown template', { LaunchTemplateId: 'lt-00000000000000abc' }, 'InvalidLaunchTemplateId.NotFound'],
    ['a description of 256 characters', { VersionDescription: 'x'.repeat(256) }, 'InvalidParameterValue'],
    ['both id and name', { LaunchTemplateName: 'api' }, 'InvalidParameterCombination'],
    ['a dry run', { DryRun: true }, 'DryRunOperation'],
  ])('Refuses %s', async (_what, change, code) => {
    const world = makeWorld();
    await expect(createVersion(world, change)).rejects.toMatchObject({ code });
    expect(world.template.latestVersion).toBe(1);
  });

  test('Leaves snapshots of the source out of the block devices', () => {
    const source = {
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: 'snap-1', VolumeSize: 8 } }],
    };
    expect(mergedData(source, {}).BlockDeviceMappings?.[0]?.Ebs).toEqual({
      SnapshotId: undefined,
      VolumeSize: 8,
    });
  });
});

describe('DescribeLaunchTemplateVersions', () => {
  const numbers = async (world: World, input: object) => {
    const answer = await world.send<DescribeLaunchTemplateVersionsResult>(
      'DescribeLaunchTemplateVersions',
      input,
    );
    return answer.LaunchTemplateVersions?.map(({ VersionNumber }) => VersionNumber);
  };

  test('Resolves $Latest, $Default and numbers', async () => {
    const world = makeWorld();
    await createVersion(world);
    await createVersion(world);
    await world.send('ModifyLaunchTemplate', { LaunchTemplateName: 'api', DefaultVersion: '2' });
    const naming = { LaunchTemplateName: 'api' };
    expect(await numbers(world, { ...naming, Versions: ['$Latest', '$Default', '1'] })).toEqual([3, 2, 1]);
    expect(await numbers(world, naming)).toEqual([3, 2, 1]);
    expect(await numbers(world, { ...naming, MinVersion: '2' })).toEqual([3, 2]);
    expect(await numbers(world, { Versions: ['$Latest', '$Default'] })).toEqual([3, 2]);
  });

  test('Pages', async () => {
    const world = makeWorld();
    await createVersion(world);
    await createVersion(world);
    const page = await world.send<DescribeLaunchTemplateVersionsResult>('DescribeLaunchTemplateVersions', {
      LaunchTemplateName: 'api',
      MaxResults: 2,
    });
    expect(page.LaunchTemplateVersions).toHaveLength(2);
    expect(await numbers(world, { LaunchTemplateName: 'api', NextToken: page.NextToken })).toEqual([1]);
  });
});

describe('DeleteLaunchTemplateVersions', () => {
  test('Answers for each version by itself and never deletes the default', async () => {
    const world = makeWorld();
    await createVersion(world);
    const answer = await world.send<DeleteLaunchTemplateVersionsResult>('DeleteLaunchTemplateVersions', {
      LaunchTemplateId: world.template.id,
      Versions: ['1', '2', '9'],
    });
    expect(
      answer.SuccessfullyDeletedLaunchTemplateVersions?.map(({ VersionNumber }) => VersionNumber),
    ).toEqual([2]);
    const refused = answer.UnsuccessfullyDeletedLaunchTemplateVersions?.map((item) => [
      item.VersionNumber,
      item.ResponseError?.Code,
    ]);
    expect(refused).toEqual([
      [1, 'unexpectedError'],
      [9, 'launchTemplateVersionDoesNotExist'],
    ]);
  });

  test('Does not give a deleted number again', async () => {
    const world = makeWorld();
    await createVersion(world);
    await world.send('DeleteLaunchTemplateVersions', { LaunchTemplateName: 'api', Versions: ['2'] });
    expect(world.ec2.launchTemplateVersion('api', '$Latest')?.number).toBe(1);
    expect((await createVersion(world)).LaunchTemplateVersion?.VersionNumber).toBe(3);
  });

  test('Takes at most 200 versions a call', async () => {
    const world = makeWorld();
    const Versions = Array.from({ length: 201 }, (_, index) => String(index + 2));
    const call = world.send('DeleteLaunchTemplateVersions', { LaunchTemplateName: 'api', Versions });
    await expect(call).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  });
});
