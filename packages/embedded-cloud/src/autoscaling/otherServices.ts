/** The few methods of other simulated services that Auto Scaling calls, as its service role does on AWS. */
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Caller, Region } from '../core/service';

export interface LaunchedInstance {
  readonly id: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly state: string;
  /** What EC2's status checks find. */
  readonly instanceCheck?: 'ok' | 'impaired';
  readonly systemCheck?: 'ok' | 'impaired';
}

export interface Ec2Port {
  /** @throws AwsError InsufficientInstanceCapacity, VcpuLimitExceeded and the other refusals of RunInstances */
  launch(request: {
    launchTemplate?: { id: string; version: string };
    instanceType?: string;
    imageId?: string;
    subnetId?: string;
    zone: string;
    tags: Record<string, string>;
    securityGroupIds?: readonly string[];
    iamInstanceProfile?: string | undefined;
    keyName?: string | undefined;
    userData?: string | undefined;
  }): LaunchedInstance;
  terminate(instanceId: string): void;
  instance(instanceId: string): LaunchedInstance | undefined;
  launchTemplate(idOrName: string): { readonly id: string; readonly name: string } | undefined;
  launchTemplateVersion(
    idOrName: string,
    version: string,
  ): { readonly number: number; readonly data: RequestLaunchTemplateData } | undefined;
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

export interface LoadBalancingPort {
  register(targetGroupArn: string, instanceId: string): void;
  deregister(targetGroupArn: string, instanceId: string): void;
  health(targetGroupArn: string, instanceId: string): TargetState;
}

export interface CloudWatchPort {
  alarm(name: string): { readonly stateValue: string } | undefined;
}

const otherService = (region: Region, name: string): unknown => region.service(name);

export const ec2Of = (region: Region) => otherService(region, 'ec2') as Ec2Port;
export const loadBalancingOf = (region: Region) =>
  otherService(region, 'elasticloadbalancing') as LoadBalancingPort;
export const cloudWatchOf = (region: Region) =>
  otherService(region, 'cloudwatch') as CloudWatchPort | undefined;

export const stateOf = (region: Region) => region.service('autoscaling').state;

/** The caller for calls that Auto Scaling itself makes to another service. */
export const autoScalingItself = (region: Region): Caller => ({
  kind: 'service',
  arn: `arn:aws:iam::${region.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
  name: 'autoscaling.amazonaws.com',
});
