/** Launches instances: checks a launch, limits it to the available capacity and creates the instances. */
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import type { Ec2State, Image, Instance, Subnet } from './state';
import type { LaunchSpecification } from './launchSpecification';
import { fewest, haveCapacity, takeCapacity, withinQuota } from './capacity';
import { invalidParameterValue, missingParameter, requireOne } from './errors';
import { instanceTypes, type InstanceTypeFacts } from './instanceTypes';
import { boot } from './lifecycle';

const usableImage = (state: Ec2State, id: string | undefined): Image => {
  const image = requireOne('image', state.images, id, 'ImageId');
  if (image.state !== 'available') {
    throw new AwsError('InvalidAMIID.Unavailable', `The image ID '${image.id}' is not available`);
  }
  return image;
};

const typeFor = (name: string | undefined, image: Image): InstanceTypeFacts => {
  if (name === undefined) throw missingParameter('InstanceType');
  const type = instanceTypes.get(name);
  if (type === undefined) throw invalidParameterValue(`Invalid value '${name}' for InstanceType.`);
  if (type.architecture !== image.architecture) {
    throw invalidParameterValue(
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture ` +
        `'${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching ` +
        `architectures, and try again.`,
    );
  }
  return type;
};

const subnetFor = (state: Ec2State, { subnetId, zone }: LaunchSpecification): Subnet => {
  if (subnetId !== undefined) {
    const subnet = requireOne('subnet', state.subnets, subnetId, 'SubnetId');
    if (zone !== undefined && zone !== subnet.zone) {
      throw invalidParameterValue(
        `Value (${zone}) for parameter availabilityZone is invalid. The subnet '${subnetId}' is in ${subnet.zone}.`,
      );
    }
    return subnet;
  }
  const subnets = Object.values(state.subnets);
  if (zone !== undefined && !subnets.some((subnet) => subnet.zone === zone)) {
    throw invalidParameterValue(`Invalid availability zone: [${zone}]`);
  }
  const found = subnets.find((subnet) => zone === undefined || subnet.zone === zone);
  if (found === undefined) {
    throw new AwsError(
      'VPCIdNotSpecified',
      'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
    );
  }
  return found;
};

/** AWS reserves the first four addresses of a subnet and the last one. */
const nextAddress = (state: Ec2State, subnet: Subnet): string => {
  const [base = '10.0.0.0', bits = '24'] = subnet.cidr.split('/');
  const room = 2 ** (32 - Number(bits)) - 5;
  const used = state.addressesUsed[subnet.id] ?? 0;
  state.addressesUsed[subnet.id] = used + 1;
  const start = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const address = start + 4 + (used % room);
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
};

interface Parts {
  readonly specification: LaunchSpecification;
  readonly image: Image;
  readonly type: InstanceTypeFacts;
  readonly subnet: Subnet;
}

/** A new instance; `boot` then starts it. */
export const newInstance = (
  region: Region,
  state: Ec2State,
  { specification, image, type, subnet }: Parts,
  reservation: { readonly id: string; readonly index: number },
): Instance => {
  const { launchTemplate, lifecycle, clientToken, iamInstanceProfile, keyName, userData } = specification;
  const templateTags =
    launchTemplate === undefined
      ? {}
      : {
          'aws:ec2launchtemplate:id': launchTemplate.id,
          'aws:ec2launchtemplate:version': String(launchTemplate.version),
        };
  return {
    id: region.newId('i-'),
    reservationId: reservation.id,
    launchIndex: reservation.index,
    imageId: image.id,
    instanceType: type.name,
    architecture: type.architecture,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    zone: subnet.zone,
    privateIp: nextAddress(state, subnet),
    launchedAt: region.now(),
    state: 'pending',
    stateChangedAt: region.now(),
    tags: { ...specification.tags, ...templateTags },
    volumeTags: specification.volumeTags,
    securityGroupIds: [...specification.securityGroupIds],
    blockDevices: image.devices.map(({ deviceName, sizeGiB }) => ({
      deviceName,
      sizeGiB: specification.volumeGib?.[deviceName] ?? sizeGiB,
      volumeId: region.newId('vol-'),
    })),
    maintenanceEvents: [],
    instanceCheck: 'ok',
    systemCheck: 'ok',
    terminationProtected: false,
    stopProtected: false,
    ...(image.software === undefined ? {} : { software: image.software }),
    ...(launchTemplate && { launchTemplate }),
    ...(lifecycle && { lifecycle }),
    ...(clientToken !== undefined && { clientToken }),
    ...(iamInstanceProfile !== undefined && { iamInstanceProfile }),
    ...(keyName !== undefined && { keyName }),
    ...(userData !== undefined && { userData }),
  };
};

/** RunInstances' own words (EC2 User Guide, "Troubleshoot"). @throws AwsError InvalidBlockDeviceMapping */
const refuseSmallVolumes = ({ devices }: Image, { volumeGib = {} }: LaunchSpecification): void => {
  for (const { deviceName, snapshotId, sizeGiB } of devices) {
    const wanted = volumeGib[deviceName] ?? sizeGiB;
    if (wanted < sizeGiB)
      throw new AwsError(
        'InvalidBlockDeviceMapping',
        `Volume of size ${String(wanted)}GB is smaller than snapshot '${snapshotId}', expect size >= ${String(sizeGiB)}GB`,
      );
  }
};

/** Resolves the resources of a launch. @throws AwsError if one of them does not exist or does not fit */
export const partsOf = (state: Ec2State, specification: LaunchSpecification): Parts => {
  const image = usableImage(state, specification.imageId);
  refuseSmallVolumes(image, specification);
  const type = typeFor(specification.instanceType, image);
  return { specification, image, type, subnet: subnetFor(state, specification) };
};

/**
 * Launches as many instances as possible, up to `most`.
 * @throws AwsError InsufficientInstanceCapacity or VcpuLimitExceeded if fewer than `least` are possible, and the
 *   errors of {@link partsOf}
 */
export const launchInstances = (
  region: Region,
  state: Ec2State,
  specification: LaunchSpecification,
  { least, most }: { readonly least: number; readonly most: number },
): Instance[] => {
  const parts = partsOf(state, specification);
  const { type, subnet, image } = parts;
  const place = { zone: subnet.zone, now: region.now() };
  const spot = specification.lifecycle === 'spot';
  const count = fewest(
    least,
    spot ? most : withinQuota(region, state, type, { least, most }),
    haveCapacity(state, type, place, { least, most }),
  );
  takeCapacity(state, type, place, count);
  image.lastLaunchedAt = region.now();
  const reservationId = region.newId('r-');
  const launched: Instance[] = [];
  for (let index = 0; index < count; index += 1) {
    const instance = newInstance(region, state, parts, { id: reservationId, index });
    state.instances[instance.id] = instance;
    boot(region, instance);
    launched.push(instance);
  }
  return launched;
};
