import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../aws/connect';

/** What the checks before a deployment read from. */
export interface PreflightClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ssm: SSMClient;
  readonly cloudWatch: CloudWatchClient;
  readonly quotas: ServiceQuotasClient;
}

/** Those, and the client that has other states make their dry runs. */
export type CheckClients = PreflightClients & { readonly lambda: LambdaClient };

export const connectChecks = (region: string): CheckClients => ({
  autoScaling: connect(AutoScalingClient, region),
  cloudWatch: connect(CloudWatchClient, region),
  ec2: connect(EC2Client, region),
  elb: connect(ElasticLoadBalancingV2Client, region),
  lambda: connect(LambdaClient, region),
  quotas: connect(ServiceQuotasClient, region),
  ssm: connect(SSMClient, region),
});
