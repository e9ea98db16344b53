/** Converts records to the shapes of EC2's API. */
import type {
  ArchitectureValues,
  Image as ApiImage,
  Instance as ApiInstance,
  InstanceStatus,
  LaunchTemplate as ApiLaunchTemplate,
  LaunchTemplateVersion as ApiLaunchTemplateVersion,
  Snapshot as ApiSnapshot,
  _InstanceType,
} from '@aws-sdk/client-ec2';
import type { Ec2State, Image, Instance, LaunchTemplate, LaunchTemplateVersion, Snapshot } from './state';
import { stateCodes } from './lifecycle';
import { latestExisting } from './launchTemplates';
import { toTagList } from './tags';
import { instanceTypes } from './instanceTypes';

/** AWS runs status checks every minute. The first result comes about a minute after the boot. */
const firstCheckMs = 60_000;

export const zoneIdOf = (zone: string): string =>
  `${zone.replace(/^([a-z]{2})-([a-z])[a-z]*-(\d).$/, '$1$2$3')}-az${zone.charCodeAt(zone.length - 1) - 96}`;

export const stateOf = (instance: Instance) => ({
  Code: stateCodes[instance.state],
  Name: instance.state,
});

const hostName = (instance: Instance) => `ip-${instance.privateIp.replaceAll('.', '-')}.ec2.internal`;

const transition = ({ state, stateReason, stateChangedAt }: Instance): string =>
  stateReason?.code.startsWith('Client.') === true && state !== 'running'
    ? `User initiated (${new Date(stateChangedAt).toISOString().slice(0, 19).replace('T', ' ')} GMT)`
    : '';

const devicesOf = (instance: Instance) =>
  instance.blockDevices.map(({ deviceName, volumeId }) => ({
    DeviceName: deviceName,
    Ebs: {
      VolumeId: volumeId,
      Status: 'attached' as const,
      DeleteOnTermination: true,
      AttachTime: new Date(instance.launchedAt),
    },
  }));

/** Hyper-threading gives two threads per core. Graviton and AMD's seventh generation have one. */
const cpuOptionsOf = (instanceType: string) => {
  const facts = instanceTypes.get(instanceType);
  if (!facts) return {};
  const ThreadsPerCore = facts.architecture === 'arm64' || /^[cmr]7a\./.test(instanceType) ? 1 : 2;
  return { CpuOptions: { CoreCount: facts.vcpus / ThreadsPerCore, ThreadsPerCore } };
};

export const instanceOutput = (state: Ec2State, instance: Instance): ApiInstance => {
  const gone = instance.state === 'terminated';
  return {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    State: stateOf(instance),
    StateTransitionReason: transition(instance),
    ...(instance.stateReason && {
      StateReason: { Code: instance.stateReason.code, Message: instance.stateReason.message },
    }),
    InstanceType: instance.instanceType as _InstanceType,
    Architecture: instance.architecture as ArchitectureValues,
    AmiLaunchIndex: instance.launchIndex,
    ...cpuOptionsOf(instance.instanceType),
    LaunchTime: new Date(instance.launchedAt),
    Placement: { AvailabilityZone: instance.zone, GroupName: '', Tenancy: 'default' },
    Monitoring: { State: 'disabled' },
    RootDeviceName: instance.blockDevices[0]?.deviceName ?? '/dev/xvda',
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    PublicDnsName: '',
    ...(!gone && {
      PrivateDnsName: hostName(instance),
      PrivateIpAddress: instance.privateIp,
      SubnetId: instance.subnetId,
      VpcId: instance.vpcId,
    }),
    BlockDeviceMappings: gone ? [] : devicesOf(instance),
    SecurityGroups: instance.securityGroupIds.map((GroupId) => ({
      GroupId,
      GroupName: state.securityGroups[GroupId]?.name ?? '',
    })),
    Tags: toTagList(instance.tags),
    ...(instance.clientToken !== undefined && { ClientToken: instance.clientToken }),
    ...(instance.keyName !== undefined && { KeyName: instance.keyName }),
    ...(instance.lifecycle !== undefined && { InstanceLifecycle: instance.lifecycle }),
    ...(instance.iamInstanceProfile !== undefined && {
      IamInstanceProfile: { Arn: instance.iamInstanceProfile },
    }),
  };
};

const summary = (instance: Instance, check: 'ok' | 'impaired', now: number) => {
  if (instance.state !== 'running') return { Status: 'not-applicable' as const };
  const ready = now >= (instance.bootedAt ?? now) + firstCheckMs;
  const found = check === 'ok' ? ('passed' as const) : ('failed' as const);
  return {
    Status: ready ? check : ('initializing' as const),
    Details: [{ Name: 'reachability' as const, Status: ready ? found : ('initializing' as const) }],
  };
};

export const statusOutput = (instance: Instance, now: number): InstanceStatus => ({
  InstanceId: instance.id,
  AvailabilityZone: instance.zone,
  AvailabilityZoneId: zoneIdOf(instance.zone),
  InstanceState: stateOf(instance),
  InstanceStatus: summary(instance, instance.instanceCheck, now),
  SystemStatus: summary(instance, instance.systemCheck, now),
  ...(instance.maintenanceEvents.length > 0 && {
    Events: instance.maintenanceEvents.map((event) => ({
      InstanceEventId: event.id,
      Code: event.code,
      Description: event.description,
      NotBefore: new Date(event.notBefore),
      ...(event.notAfter !== undefined && { NotAfter: new Date(event.notAfter) }),
    })),
  }),
});

export const imageOutput = (image: Image): ApiImage => ({
  ImageId: image.id,
  Name: image.name,
  Description: image.description,
  State: image.state,
  ...(image.stateReason && {
    StateReason: { Code: image.stateReason.code, Message: image.stateReason.message },
  }),
  OwnerId: image.owner,
  ImageLocation: `${image.owner}/${image.name}`,
  CreationDate: new Date(image.createdAt).toISOString(),
  Public: false,
  ImageType: 'machine',
  Architecture: image.architecture as ArchitectureValues,
  BootMode: image.bootMode as NonNullable<ApiImage['BootMode']>,
  PlatformDetails: 'Linux/UNIX',
  EnaSupport: true,
  Hypervisor: 'xen',
  VirtualizationType: 'hvm',
  RootDeviceType: 'ebs',
  RootDeviceName: image.rootDeviceName,
  BlockDeviceMappings: image.devices.map(({ deviceName, snapshotId, sizeGiB }) => ({
    DeviceName: deviceName,
    Ebs: { SnapshotId: snapshotId, VolumeSize: sizeGiB, VolumeType: 'gp3', DeleteOnTermination: true },
  })),
  Tags: toTagList(image.tags),
  ...(image.sourceInstanceId !== undefined && { SourceInstanceId: image.sourceInstanceId }),
  ...(image.sourceImageId !== undefined && { SourceImageId: image.sourceImageId }),
  ...(image.sourceImageRegion !== undefined && { SourceImageRegion: image.sourceImageRegion }),
  ...(image.lastLaunchedAt !== undefined && {
    LastLaunchedTime: new Date(image.lastLaunchedAt).toISOString(),
  }),
});

export const snapshotOutput = (snapshot: Snapshot): ApiSnapshot => ({
  SnapshotId: snapshot.id,
  VolumeId: snapshot.volumeId,
  VolumeSize: snapshot.sizeGiB,
  OwnerId: snapshot.owner,
  Description: snapshot.description,
  StartTime: new Date(snapshot.startedAt),
  State: snapshot.state,
  Progress: snapshot.state === 'completed' ? '100%' : '0%',
  StorageTier: 'standard',
  Encrypted: false,
  Tags: toTagList(snapshot.tags),
  ...(snapshot.stateMessage !== undefined && { StateMessage: snapshot.stateMessage }),
  ...(snapshot.completedAt !== undefined && { CompletionTime: new Date(snapshot.completedAt) }),
});

export const templateOutput = (template: LaunchTemplate): ApiLaunchTemplate => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  CreateTime: new Date(template.createdAt),
  CreatedBy: template.createdBy,
  DefaultVersionNumber: template.defaultVersion,
  LatestVersionNumber: latestExisting(template),
  Tags: toTagList(template.tags),
});

export const versionOutput = (
  template: LaunchTemplate,
  version: LaunchTemplateVersion,
): ApiLaunchTemplateVersion => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  VersionNumber: version.number,
  ...(version.description !== undefined && { VersionDescription: version.description }),
  CreateTime: new Date(version.createdAt),
  CreatedBy: version.createdBy,
  DefaultVersion: version.number === template.defaultVersion,
  LaunchTemplateData: version.data,
});
