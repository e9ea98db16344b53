import type { Region, Service } from '../core/service';

/** The parts of an EC2 instance that Systems Manager uses. Its commands change `software`. */
export interface Ec2Instance {
  readonly id: string;
  readonly state: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly imageId: string;
  readonly privateIp: string;
  /** When the operating system is up after the latest boot; may be in the future. */
  readonly bootedAt?: number;
  readonly software?: string;
}

interface Ec2Port extends Service {
  instance(instanceId: string): Ec2Instance | undefined;
  setSoftware(instanceId: string, version: string): void;
}

const ec2Of = (region: Region): Ec2Port => region.service('ec2');

export const ec2Instance = (region: Region, instanceId: string): Ec2Instance | undefined =>
  ec2Of(region).instance(instanceId);

/** Sets the version that a successful command installed. EC2 notifies load balancing. */
export const install = (region: Region, instanceId: string, version: string): void => {
  ec2Of(region).setSoftware(instanceId, version);
};
