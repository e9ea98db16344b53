import {
  CopyImageCommand,
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DeleteLaunchTemplateVersionsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  GetLaunchTemplateDataCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { type Contract, contractsOf, differs } from './contract';
import type { World } from './world';

const Client = EC2Client;

const api = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/';

const errorCodes = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html';

const contract = contractsOf('ec2');

const tag = (Value: string) => [{ Key: 'acme:version', Value }];

const launch = async (world: World) => {
  const { imageId: ImageId, subnetIds } = await world.host.ground();
  return new RunInstancesCommand({
    ImageId,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    SubnetId: subnetIds[0],
    TagSpecifications: [{ ResourceType: 'instance', Tags: tag('v1') }],
  });
};

const running = async (world: World): Promise<string> => {
  const { Instances } = await world.send(Client, await launch(world));
  const InstanceId = Instances?.[0]?.InstanceId ?? '';
  await world.until(async () => {
    const { Reservations } = await world.send(
      Client,
      new DescribeInstancesCommand({ InstanceIds: [InstanceId] }),
    );
    return Reservations?.[0]?.Instances?.[0]?.State?.Name === 'running';
  });
  return InstanceId;
};

const instances: readonly Contract[] = [
  contract(
    'starts an instance, tagged from its first moment',
    async (world) => {
      const { imageId: ImageId } = await world.host.ground();
      await world.see(Client, await launch(world), {
        Instances: [{ InstanceId: /^i-[\da-f]{17}$/, ImageId, State: { Name: 'pending' }, Tags: tag('v1') }],
      });
    },
    differs(
      'ministack',
      'RunInstances',
      'says that it runs already',
      'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html',
    ),
  ),
  contract('describes an instance by its id, and by its tag and state', async (world) => {
    const InstanceId = await running(world);
    await world.see(Client, new DescribeInstancesCommand({ InstanceIds: [InstanceId] }), {
      Reservations: [{ Instances: [{ InstanceId, State: { Name: 'running', Code: 16 }, Tags: tag('v1') }] }],
    });
    await world.send(Client, new CreateTagsCommand({ Resources: [InstanceId], Tags: tag(InstanceId) }));
    const Filters = [
      { Name: 'tag:acme:version', Values: [InstanceId] },
      { Name: 'instance-state-name', Values: ['running'] },
    ];
    await world.see(Client, new DescribeInstancesCommand({ Filters }), {
      Reservations: [{ Instances: [{ InstanceId }] }],
    });
    const none = new DescribeInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] });
    await world.refused(Client, none, { error: 'InvalidInstanceID.NotFound' });
  }),
  contract('tells what a launch template after an instance would hold', async (world) => {
    const { imageId: ImageId } = await world.host.ground();
    const InstanceId = await running(world);
    await world.see(Client, new GetLaunchTemplateDataCommand({ InstanceId }), {
      LaunchTemplateData: { ImageId, InstanceType: 't3.micro' },
    });
  }),
  contract('lists the subnets of a network with their zones', async (world) => {
    const { subnetIds } = await world.host.ground();
    const [first] = subnetIds;
    const asked = new DescribeSubnetsCommand({ SubnetIds: [first ?? ''] });
    const { Subnets: [subnet] = [] } = await world.send(Client, asked);
    const ofNetwork = { Filters: [{ Name: 'vpc-id', Values: [subnet?.VpcId ?? ''] }] };
    await world.see(Client, new DescribeSubnetsCommand(ofNetwork), {
      Subnets: (list?: { SubnetId?: string; AvailabilityZone?: string }[]) =>
        subnetIds.every((id) =>
          list?.some((one) => one.SubnetId === id && one.AvailabilityZone !== undefined),
        ),
    });
  }),
  contract('tells the status of an instance that runs', async (world) => {
    const InstanceId = await running(world);
    await world.see(Client, new DescribeInstanceStatusCommand({ InstanceIds: [InstanceId] }), {
      InstanceStatuses: [{ InstanceId, InstanceState: { Name: 'running' } }],
    });
  }),
  contract(
    'terminates an instance',
    async (world) => {
      const InstanceId = await running(world);
      await world.see(Client, new TerminateInstancesCommand({ InstanceIds: [InstanceId] }), {
        TerminatingInstances: [
          { InstanceId, PreviousState: { Name: 'running' }, CurrentState: { Name: 'shutting-down' } },
        ],
      });
      const none = new TerminateInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] });
      await world.refused(Client, none, { error: 'InvalidInstanceID.NotFound' });
    },
    differs(
      'ministack',
      'TerminateInstances',
      'says that it is gone already',
      `${api}API_TerminateInstances.html`,
    ),
  ),
  contract(
    'tags, tags over, and takes a tag away',
    async (world) => {
      const InstanceId = await running(world);
      const tagsAre = (Tags: { Key: string; Value: string }[]) =>
        world.see(Client, new DescribeInstancesCommand({ InstanceIds: [InstanceId] }), {
          Reservations: [{ Instances: [{ Tags }] }],
        });
      await world.see(Client, new CreateTagsCommand({ Resources: [InstanceId], Tags: tag('v2') }), {});
      await tagsAre(tag('v2'));
      await world.see(
        Client,
        new DeleteTagsCommand({ Resources: [InstanceId], Tags: tag('another value') }),
        {},
      );
      await tagsAre(tag('v2'));
      await world.see(
        Client,
        new DeleteTagsCommand({ Resources: [InstanceId], Tags: [{ Key: 'acme:version' }] }),
        {},
      );
      await world.see(Client, new DescribeInstancesCommand({ InstanceIds: [InstanceId] }), {
        Reservations: [{ Instances: [{ Tags: (tags?: unknown[]) => (tags ?? []).length === 0 }] }],
      });
    },
    differs(
      'ministack',
      'DescribeInstances',
      'has taken away a tag of another value than the one that was named',
      `${api}API_DeleteTags.html`,
    ),
  ),
  contract(
    'tells how many virtual processors a type has',
    async (world) => {
      await world.see(Client, new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large'] }), {
        InstanceTypes: [
          {
            InstanceType: 'm5.large',
            VCpuInfo: { DefaultVCpus: 2 },
            ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
          },
        ],
      });
      const none = { InstanceTypes: ['m99.large' as 'm5.large'] };
      await world.refused(Client, new DescribeInstanceTypesCommand(none), { error: 'InvalidInstanceType' });
    },
    differs(
      'ministack',
      'DescribeInstanceTypes',
      'gives every type as many',
      'https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html',
    ),
  ),
];

const bake = async (world: World) => {
  const InstanceId = await running(world);
  const Name = world.name('baked');
  const TagSpecifications = [{ ResourceType: 'image' as const, Tags: tag('v2') }];
  return { Name, command: new CreateImageCommand({ InstanceId, Name, NoReboot: true, TagSpecifications }) };
};

const baked = async (world: World): Promise<string> => {
  const { command } = await bake(world);
  const ImageId = (await world.send(Client, command)).ImageId as string;
  await world.until(async () => {
    const { Images } = await world.send(Client, new DescribeImagesCommand({ ImageIds: [ImageId] }));
    return Images?.[0]?.State === 'available';
  });
  return ImageId;
};

const images: readonly Contract[] = [
  contract('makes an image of an instance, tagged', async (world) => {
    const { command, Name } = await bake(world);
    const { ImageId } = await world.see(Client, command, { ImageId: /^ami-[\da-f]{8,17}$/ });
    await world.see(Client, new DescribeImagesCommand({ ImageIds: [ImageId as string] }), {
      Images: [{ ImageId: ImageId as string, Name, Tags: tag('v2') }],
    });
  }),
  contract(
    'makes no second image of a name',
    async (world) => {
      const { command } = await bake(world);
      await world.see(Client, command, { ImageId: /^ami-/ });
      await world.refused(Client, command, { error: 'InvalidAMIName.Duplicate' });
    },
    differs('moto', 'CreateImage', 'makes it', `${api}API_CreateImage.html`),
  ),
  contract("describes one's own images by their tag, and none that is not there", async (world) => {
    const ImageId = await baked(world);
    await world.send(Client, new CreateTagsCommand({ Resources: [ImageId], Tags: tag(ImageId) }));
    const Filters = [{ Name: 'tag:acme:version', Values: [ImageId] }];
    await world.see(Client, new DescribeImagesCommand({ Owners: ['self'], Filters }), {
      Images: [{ ImageId, State: 'available' }],
    });
    const none = new DescribeImagesCommand({ ImageIds: ['ami-0123456789abcdef0'] });
    await world.refused(Client, none, { error: 'InvalidAMIID.NotFound' });
  }),
  contract('copies an image', async (world) => {
    const SourceImageId = await baked(world);
    const copy = { Name: world.name('copied'), SourceImageId, SourceRegion: 'eu-west-1' };
    const { ImageId } = await world.see(Client, new CopyImageCommand(copy), { ImageId: /^ami-/ });
    await world.see(Client, new DescribeImagesCommand({ ImageIds: [ImageId as string] }), {
      Images: [{ Name: copy.Name }],
    });
  }),
  contract('tells an image’s snapshot, which cannot go before the image', async (world) => {
    const ImageId = await baked(world);
    const { Images } = await world.send(Client, new DescribeImagesCommand({ ImageIds: [ImageId] }));
    const SnapshotId = Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    await world.see(Client, new DescribeSnapshotsCommand({ OwnerIds: ['self'], SnapshotIds: [SnapshotId] }), {
      Snapshots: [{ SnapshotId, State: 'completed' }],
    });
    await world.refused(Client, new DeleteSnapshotCommand({ SnapshotId }), {
      error: 'InvalidSnapshot.InUse',
    });
    await world.send(Client, new DeregisterImageCommand({ ImageId }));
    await world.see(Client, new DeleteSnapshotCommand({ SnapshotId }), {});
    await world.refused(Client, new DeleteSnapshotCommand({ SnapshotId }), {
      error: 'InvalidSnapshot.NotFound',
    });
  }),
  contract('knows no snapshot that is not there', async (world) => {
    const SnapshotId = 'snap-0123456789abcdef0';
    const error = 'InvalidSnapshot.NotFound';
    await world.refused(Client, new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }), { error });
    await world.refused(Client, new DeleteSnapshotCommand({ SnapshotId }), { error });
  }),
  contract('tells who else may launch an image: nobody, unless somebody said so', async (world) => {
    const ImageId = await baked(world);
    const ask = { Attribute: 'launchPermission', ImageId } as const;
    await world.see(Client, new DescribeImageAttributeCommand(ask), {
      ImageId,
      LaunchPermissions: (found: object[] | undefined) => (found ?? []).length === 0,
    });
  }),
  contract('forgets an image', async (world) => {
    const ImageId = await baked(world);
    await world.see(Client, new DeregisterImageCommand({ ImageId }), {});
    await world.refused(Client, new DeregisterImageCommand({ ImageId: 'ami-0123456789abcdef0' }), {
      error: 'InvalidAMIID.NotFound',
    });
  }),
];

const version = async (world: World, description: string) => {
  const { templateId: LaunchTemplateId } = await world.host.ground();
  return new CreateLaunchTemplateVersionCommand({
    LaunchTemplateId,
    SourceVersion: '1',
    VersionDescription: description,
    LaunchTemplateData: { ImageId: 'ami-0fedcba9876543210' },
  });
};

const templates: readonly Contract[] = [
  contract('tells a launch template’s name and default version', async (world) => {
    const { templateId } = await world.host.ground();
    await world.see(Client, new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [templateId] }), {
      LaunchTemplates: [
        { LaunchTemplateId: templateId, LaunchTemplateName: 'ground', DefaultVersionNumber: 1 },
      ],
    });
  }),
  contract(
    'makes a launch template with a first version, and none of a name that is taken',
    async (world) => {
      const { imageId: ImageId } = await world.host.ground();
      const LaunchTemplateName = world.name('made');
      const make = () =>
        new CreateLaunchTemplateCommand({
          LaunchTemplateName,
          LaunchTemplateData: { ImageId, InstanceType: 't3.micro' },
          TagSpecifications: [{ ResourceType: 'launch-template', Tags: tag('v1') }],
        });
      await world.see(Client, make(), {
        LaunchTemplate: {
          LaunchTemplateName,
          DefaultVersionNumber: 1,
          LatestVersionNumber: 1,
          Tags: tag('v1'),
        },
      });
      await world.refused(Client, make(), { error: 'InvalidLaunchTemplateName.AlreadyExistsException' });
    },
  ),
  contract(
    'knows no launch template that is not there',
    async (world) => {
      const none = new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: ['lt-00000000000000000'] });
      await world.refused(Client, none, { error: 'InvalidLaunchTemplateId.NotFound' });
    },
    {
      differs: Object.fromEntries(
        (['ministack', 'moto'] as const).map((host) => [
          host,
          { at: 'DescribeLaunchTemplates', does: 'lists nothing', source: errorCodes },
        ]),
      ),
    },
  ),
  contract(
    'makes a version of a launch template from another, with another image',
    async (world) => {
      const { templateId: LaunchTemplateId } = await world.host.ground();
      const made = await world.see(Client, await version(world, 'contract'), {
        LaunchTemplateVersion: {
          LaunchTemplateId,
          VersionNumber: (number: number) => number > 1,
          VersionDescription: 'contract',
          DefaultVersion: false,
          LaunchTemplateData: { ImageId: 'ami-0fedcba9876543210', InstanceType: /./ },
        },
      });
      const { VersionNumber } = made.LaunchTemplateVersion as { VersionNumber: number };
      const ask = { LaunchTemplateId, Versions: [String(VersionNumber)] };
      await world.see(Client, new DescribeLaunchTemplateVersionsCommand(ask), {
        LaunchTemplateVersions: [{ VersionNumber, LaunchTemplateData: { ImageId: 'ami-0fedcba9876543210' } }],
      });
    },
    differs(
      'moto',
      'CreateLaunchTemplateVersion',
      'leaves out what the source version holds',
      `${api}API_CreateLaunchTemplateVersion.html`,
    ),
  ),
  contract('describes the default version and the latest of a template', async (world) => {
    const { templateId: LaunchTemplateId } = await world.host.ground();
    const made = await world.send(Client, await version(world, 'latest'));
    const ask = (Versions: string[]) =>
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions });
    const { VersionNumber } = made.LaunchTemplateVersion as { VersionNumber: number };
    await world.see(Client, ask(['$Default']), {
      LaunchTemplateVersions: [{ VersionNumber: 1, DefaultVersion: true }],
    });
    await world.see(Client, ask(['$Latest']), { LaunchTemplateVersions: [{ VersionNumber }] });
  }),
  contract('deletes a version of a launch template', async (world) => {
    const { templateId: LaunchTemplateId } = await world.host.ground();
    const made = await world.send(Client, await version(world, 'to be deleted'));
    const VersionNumber = made.LaunchTemplateVersion?.VersionNumber;
    const remove = { LaunchTemplateId, Versions: [String(VersionNumber)] };
    await world.see(Client, new DeleteLaunchTemplateVersionsCommand(remove), {
      SuccessfullyDeletedLaunchTemplateVersions: [{ LaunchTemplateId, VersionNumber }],
      UnsuccessfullyDeletedLaunchTemplateVersions: (list?: unknown[]) => (list ?? []).length === 0,
    });
  }),
];

export const ec2: readonly Contract[] = [...instances, ...images, ...templates];
