import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect, connectOnce } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { provision, type ProvisionMemo, tryProvision } from '../../lib/provisioning/provision';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Runs Ansible on the recorded instances: on one first, then on the rest. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const core = makeCore(world, dynamodb);
  const clients = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    elb: connect(ElasticLoadBalancingV2Client, region),
    ssm: connectOnce(SSMClient, region),
  };
  return waitingStep<ProvisionMemo>(
    core,
    { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) },
    'Provision',
    (context, memo, save) => provision(context, memo, save, clients),
    { dryRun: (context) => tryProvision(context, clients) },
  );
};

export const handler = make(production(process.env));
