/** The state of the simulated EC2: plain JSON, times in epoch milliseconds. */
import type {
  FleetLaunchTemplateConfigRequest,
  FleetType,
  RequestLaunchTemplateData,
  RequestSpotLaunchSpecification,
  SpotFleetRequestConfigData,
  SpotInstanceType,
} from '@aws-sdk/client-ec2';

export type Tags = Record<string, string>;

export type InstanceStateName =
  'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

/** A scheduled event, as DescribeInstanceStatus lists it. */
export interface MaintenanceEvent {
  readonly id: string;
  readonly code:
    'instance-reboot' | 'system-reboot' | 'system-maintenance' | 'instance-retirement' | 'instance-stop';
  readonly description: string;
  readonly notBefore: number;
  readonly notAfter?: number;
}

export interface BlockDevice {
  readonly deviceName: string;
  readonly volumeId: string;
  readonly sizeGiB: number;
}

/** The numbered launch template version from which an instance was launched. */
export interface LaunchTemplateUse {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

export interface Instance {
  readonly id: string;
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly clientToken?: string;
  imageId: string;
  instanceType: string;
  architecture: string;
  subnetId: string;
  vpcId: string;
  zone: string;
  privateIp: string;
  launchedAt: number;
  state: InstanceStateName;
  stateChangedAt: number;
  stateReason?: { code: string; message: string };
  /** When the operating system is up after the latest start or reboot. It is in the future during a boot. */
  bootedAt?: number;
  tags: Tags;
  volumeTags: Tags;
  /** The application's version on its disk. AWS does not know of it. */
  software?: string;
  /** When it came there by another way than the image. */
  softwareAt?: number;
  /** When its ailments change next. */
  ailingAt?: number;
  launchTemplate?: LaunchTemplateUse;
  lifecycle?: 'spot' | 'scheduled';
  /** ARN of the instance profile. */
  iamInstanceProfile?: string;
  keyName?: string;
  userData?: string;
  securityGroupIds: string[];
  blockDevices: BlockDevice[];
  maintenanceEvents: MaintenanceEvent[];
  /** What the status checks report once they have run. */
  instanceCheck: 'ok' | 'impaired';
  systemCheck: 'ok' | 'impaired';
  terminationProtected: boolean;
  stopProtected: boolean;
}

export interface ImageDevice {
  readonly deviceName: string;
  readonly snapshotId: string;
  readonly sizeGiB: number;
}

export interface Image {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly createdAt: number;
  description: string;
  state: 'pending' | 'available' | 'failed';
  stateReason?: { code: string; message: string };
  architecture: string;
  bootMode: string;
  rootDeviceName: string;
  devices: ImageDevice[];
  sourceInstanceId?: string;
  sourceImageId?: string;
  sourceImageRegion?: string;
  lastLaunchedAt?: number;
  /** Accounts that may launch it; `all` for all accounts. */
  launchPermissions?: string[];
  tags: Tags;
  software?: string;
}

export interface Snapshot {
  readonly id: string;
  readonly owner: string;
  readonly volumeId: string;
  readonly sizeGiB: number;
  readonly startedAt: number;
  description: string;
  state: 'pending' | 'completed' | 'error';
  stateMessage?: string;
  completedAt?: number;
  tags: Tags;
}

export interface LaunchTemplateVersion {
  readonly number: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly description?: string;
  readonly data: RequestLaunchTemplateData;
}

export interface LaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  defaultVersion: number;
  /** The highest number ever given. Numbers of deleted versions are not used again. */
  latestVersion: number;
  /** By version number. */
  versions: Record<string, LaunchTemplateVersion>;
  tags: Tags;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  /** For example `10.0.16.0/20`. */
  readonly cidr: string;
  readonly defaultForZone: boolean;
  tags: Tags;
}

export interface Vpc {
  readonly id: string;
  readonly cidr: string;
  readonly isDefault: boolean;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  tags: Tags;
}

/** One ingress rule: a protocol, its ports and one source. */
export interface SecurityGroupRule {
  readonly id: string;
  readonly groupId: string;
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  /** -1 if the protocol has no ports. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  /** The id of the security group that is the source. */
  readonly sourceGroupId?: string;
  readonly description?: string;
  tags: Tags;
}

/** At most `remaining` more instances of this type can be launched in this zone. An omitted type or zone means all. */
export interface CapacityLimit {
  readonly zone?: string;
  readonly instanceType?: string;
  /** Epoch milliseconds; always unless told. */
  readonly from?: number;
  readonly until?: number;
  remaining: number;
}

/** Instances that fail their checks. Times in epoch milliseconds. */
export interface Ailment {
  /** Health checks of target groups, or EC2's own status checks. */
  readonly by: 'target' | 'status';
  /** Of one Auto Scaling group; all instances where left out. */
  readonly group?: string;
  /** The group's launch template: instances that somebody launches from it outside of any group have the same trouble. */
  readonly launchTemplate?: string;
  /** With this version of the application; any where left out. */
  readonly version?: string;
  readonly describedAt: number;
  /** So long after the version runs on it, and after the description. */
  readonly afterMs: number;
  readonly from?: number;
  readonly until?: number;
  /** The status check that fails. */
  readonly check?: 'instance' | 'system';
  /** What DescribeTargetHealth says. */
  readonly reason?: string;
  readonly description?: string;
}

/** How image creation ends, for images whose name contains `nameContains`. If it is omitted: for all images. */
export interface ImageOutcome {
  readonly nameContains?: string;
  /** Creation fails with this message, which is the event's `ErrorMessage` and the image's state reason. */
  readonly failure?: string;
  /** Replaces the cloud's `imageMs` or `imageCopyMs`. */
  readonly durationMs?: number;
  /** For how many more images it applies; for all if omitted. */
  times?: number;
}

/** A Spot request: it stays open, since there is no Spot capacity. */
export interface SpotRequestRecord {
  readonly id: string;
  readonly type: SpotInstanceType;
  state: 'open' | 'cancelled';
  readonly createdAt: number;
  readonly specification: RequestSpotLaunchSpecification;
}

export interface SpotFleetRecord {
  readonly id: string;
  state: 'active' | 'cancelled';
  readonly createdAt: number;
  readonly config: SpotFleetRequestConfigData;
}

/** An EC2 Fleet. */
export interface FleetRecord {
  readonly id: string;
  readonly type: FleetType;
  state: 'active' | 'deleted';
  readonly createdAt: number;
  readonly config: readonly FleetLaunchTemplateConfigRequest[];
}

/** A request remembered by its client token. */
export interface RememberedRequest {
  /** The request's parameters, as JSON. */
  readonly parameters: string;
  /** Ids that it made, or the number of a version. */
  readonly made: readonly string[];
}

export interface Ec2State {
  /** The account's own key with which new volumes are encrypted; absent where they are not, unless somebody asks for it. */
  ebsDefaultKey?: string;
  instances: Record<string, Instance>;
  images: Record<string, Image>;
  /** Image id by name. A name is taken until its image is deregistered. */
  imageNames: Record<string, string>;
  /** When each deregistered image was deregistered, by id. */
  deregisteredImages: Record<string, number>;
  snapshots: Record<string, Snapshot>;
  launchTemplates: Record<string, LaunchTemplate>;
  launchTemplateNames: Record<string, string>;
  vpcs: Record<string, Vpc>;
  subnets: Record<string, Subnet>;
  securityGroups: Record<string, SecurityGroup>;
  /** Ingress only. Clouds that were saved by older versions have none. */
  securityGroupRules?: Record<string, SecurityGroupRule>;
  /** By action and token. */
  clientTokens: Record<string, RememberedRequest>;
  /** How many addresses each subnet has given out. */
  addressesUsed: Record<string, number>;
  capacityLimits: CapacityLimit[];
  imageOutcomes: ImageOutcome[];
  ailments?: Ailment[];
  /** Clouds that were saved by older versions have none of these three. */
  spotRequests?: Record<string, SpotRequestRecord>;
  spotFleets?: Record<string, SpotFleetRecord>;
  fleets?: Record<string, FleetRecord>;
}

export const emptyEc2State = (): Ec2State => ({
  instances: {},
  images: {},
  imageNames: {},
  deregisteredImages: {},
  snapshots: {},
  launchTemplates: {},
  launchTemplateNames: {},
  vpcs: {},
  subnets: {},
  securityGroups: {},
  clientTokens: {},
  addressesUsed: {},
  capacityLimits: [],
  imageOutcomes: [],
});
