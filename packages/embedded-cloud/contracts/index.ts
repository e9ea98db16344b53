/**
 * Contracts of AWS's services, and the hosts on which they can be checked: this cloud, or an emulator at an
 * endpoint.
 */
import { attachments } from './attachments';
import { autoscaling } from './autoscaling';
import { cloudwatch } from './cloudwatch';
import type { Contract } from './contract';
import { dynamodb } from './dynamodb';
import { ec2 } from './ec2';
import { elasticLoadBalancing } from './elasticLoadBalancing';
import { instanceRefresh } from './instanceRefresh';
import { lambda } from './lambda';
import { launchConfigurations } from './launchConfigurations';
import { launchSources } from './launchSources';
import { listeners } from './listeners';
import { securityGroups } from './securityGroups';
import { small } from './small';
import { sqs } from './sqs';
import { ssm } from './ssm';
import { stacks } from './stacks';
import { states } from './states';

/** All contracts, in the order in which they are checked. */
export const contracts: readonly Contract[] = [
  ...autoscaling,
  ...instanceRefresh,
  ...launchConfigurations,
  ...attachments,
  ...cloudwatch,
  ...dynamodb,
  ...ec2,
  ...launchSources,
  ...securityGroups,
  ...elasticLoadBalancing,
  ...listeners,
  ...lambda,
  ...small,
  ...sqs,
  ...ssm,
  ...stacks,
  ...states,
];

export type { Contract, Difference } from './contract';
export { dynaliteHost } from './hosts/dynalite';
export { endpointHost } from './hosts/endpoint';
export { localHost } from './hosts/local';
export type { Foreign, HostName, ServiceName } from './names';
export { holdContract, type Result } from './run';
export type { Host } from './world';
