/** What EC2 launches from beside launch templates and groups: Spot requests, fleets, and whoever names an image. */
import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  DescribeFleetsCommand,
  DescribeImageReferencesCommand,
  DescribeSpotFleetRequestsCommand,
  DescribeSpotInstanceRequestsCommand,
  EC2Client,
  RequestSpotFleetCommand,
  RequestSpotInstancesCommand,
} from '@aws-sdk/client-ec2';
import { type Contract, contractsOf, differs } from './contract';
import type { World } from './world';

const Client = EC2Client;

const contract = contractsOf('ec2');

const launch = async (world: World) => {
  const { imageId: ImageId, subnetIds } = await world.host.ground();
  return { ImageId, InstanceType: 'm5.large' as const, SubnetId: subnetIds[0] };
};

export const launchSources: readonly Contract[] = [
  contract('describes a Spot request with the image that it launches', async (world) => {
    const specification = await launch(world);
    const { SpotInstanceRequests: [made] = [] } = await world.send(
      Client,
      new RequestSpotInstancesCommand({ Type: 'persistent', LaunchSpecification: specification }),
    );
    await world.see(
      Client,
      new DescribeSpotInstanceRequestsCommand({ Filters: [{ Name: 'state', Values: ['open', 'active'] }] }),
      {
        SpotInstanceRequests: (found: (typeof made)[]) =>
          found.some(
            (one) =>
              one?.SpotInstanceRequestId === made?.SpotInstanceRequestId &&
              one?.LaunchSpecification?.ImageId === specification.ImageId,
          ),
      },
    );
  }),
  contract('describes a Spot Fleet with the images that it launches', async (world) => {
    const specification = await launch(world);
    const { SpotFleetRequestId: id = '' } = await world.send(
      Client,
      new RequestSpotFleetCommand({
        SpotFleetRequestConfig: {
          IamFleetRole: 'arn:aws:iam::111122223333:role/fleet',
          TargetCapacity: 1,
          SpotPrice: '0.1',
          LaunchSpecifications: [specification],
        },
      }),
    );
    await world.see(Client, new DescribeSpotFleetRequestsCommand({ SpotFleetRequestIds: [id] }), {
      SpotFleetRequestConfigs: [
        {
          SpotFleetRequestId: id,
          SpotFleetRequestState: 'active',
          SpotFleetRequestConfig: { LaunchSpecifications: [{ ImageId: specification.ImageId }] },
        },
      ],
    });
  }),
  contract(
    'describes a fleet with the launch template that it launches from',
    async (world) => {
      const { ImageId, InstanceType } = await launch(world);
      const { LaunchTemplate: template } = await world.send(
        Client,
        new CreateLaunchTemplateCommand({
          LaunchTemplateName: world.name('fleet'),
          LaunchTemplateData: { ImageId, InstanceType },
        }),
      );
      const specification = { LaunchTemplateId: template?.LaunchTemplateId, Version: '1' };
      const { FleetId: id = '' } = await world.send(
        Client,
        new CreateFleetCommand({
          TargetCapacitySpecification: {
            TotalTargetCapacity: 1,
            DefaultTargetCapacityType: 'on-demand',
            OnDemandTargetCapacity: 1,
            SpotTargetCapacity: 0,
          },
          LaunchTemplateConfigs: [{ LaunchTemplateSpecification: specification }],
        }),
      );
      await world.see(Client, new DescribeFleetsCommand({ FleetIds: [id] }), {
        Fleets: [{ FleetId: id, LaunchTemplateConfigs: [{ LaunchTemplateSpecification: specification }] }],
      });
    },
    differs(
      'ministack',
      'DescribeFleets',
      'leaves the launch templates out',
      'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FleetData.html',
    ),
  ),
  contract('tells what refers to an image', async (world) => {
    const { ImageId = '', InstanceType } = await launch(world);
    await world.send(
      Client,
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: world.name('referring'),
        LaunchTemplateData: { ImageId, InstanceType },
      }),
    );
    await world.see(
      Client,
      new DescribeImageReferencesCommand({
        ImageIds: [ImageId],
        ResourceTypes: [{ ResourceType: 'ec2:LaunchTemplate' }],
      }),
      {
        ImageReferences: (found: { ImageId?: string; Arn?: string }[]) =>
          found.some(({ ImageId: id, Arn }) => id === ImageId && /:launch-template\/lt-/.test(Arn ?? '')),
      },
    );
  }),
];
