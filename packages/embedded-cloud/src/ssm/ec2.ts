import type { Region, Service } from '../service';

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

export const ec2Instance = (region: Region, instanceId: string): Ec2Instance | undefined =>
  (region.service('ec2') as unknown as Ec2Port).instance(instanceId);

/** What a command that succeeded has installed; load balancing hears of it through EC2. */
export const install = (region: Region, instanceId: string, version: string): void => {
  (region.service('ec2') as unknown as Ec2Port).setSoftware(instanceId, version);
};
