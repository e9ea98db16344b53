import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import { type BuilderMemo, launchBuilder, tryLaunchBuilder } from '../../lib/fleet/builder';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Launches the builder, waits until it can be provisioned. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const clients = {
    autoScaling: connect(AutoScalingClient, region),
    ec2: connect(EC2Client, region),
    ssm: connect(SSMClient, region),
  };
  return waitingStep<BuilderMemo>(
    makeCore(world, dynamodb),
    { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) },
    'LaunchBuilder',
    (context, memo, save) => launchBuilder(context, memo, save, clients),
    { dryRun: (context) => tryLaunchBuilder(context, clients) },
  );
};

export const handler = make(production(process.env));
