import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect, connectOnce } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { putBack, type PutBackMemo } from '../../lib/image/putBack';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Puts the instance of TakeOut back into service, and the minimum size back to its former value. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = {
    autoScaling: connect(AutoScalingClient, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    ssm: connectOnce(SSMClient, region),
  };
  return waitingStep<PutBackMemo>(core, clients, 'PutBack', (context, memo, save) =>
    putBack(context, memo, save, tools),
  );
};

export const handler = make(production(process.env));
