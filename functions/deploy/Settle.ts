import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { settle, type SettleMemo } from '../../lib/deployment/preflight/settle';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Waits for what Preflight found on its way, then makes its checks. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    cloudWatch: connect(CloudWatchClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    lambda: connect(LambdaClient, region),
    quotas: connect(ServiceQuotasClient, region),
    ssm: connect(SSMClient, region),
  };
  return waitingStep<SettleMemo>(core, clients, 'Settle', (context, memo, save) =>
    settle(context, memo, save, tools),
  );
};

export const handler = make(production(process.env));
