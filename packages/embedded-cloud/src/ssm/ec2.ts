import type { Region, Service } from '../core/service';

/** As much of an EC2 instance as Systems Manager sees (and `software`, which its commands change). */
export interface Ec2Instance {
  readonly id: string;
  readonly state: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly imageId: string;
  readonly privateIp: string;
  /** When the operating system is up after the latest boot; may lie ahead. */
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

/** What a command that succeeded has installed; load balancing hears of it through EC2. */
export const install = (region: Region, instanceId: string, version: string): void => {
  ec2Of(region).setSoftware(instanceId, version);
};
