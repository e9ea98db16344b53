import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { connect, connectOnce } from '../../lib/aws/connect';
import { messageOf } from '../../lib/aws/failure';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/deployment/core';
import type { DeploymentRecord } from '../../lib/deployment/record';
import { describeGroup, inService } from '../../lib/fleet/group';
import { bakeImage, type BakeImageMemo, tryBakeImage } from '../../lib/image/bakeImage';
import { notify } from '../../lib/reporting/notify';
import { waitingStep } from '../../lib/waiting/waitingStep';

/** Makes the image, waits until it and its copies are available. */
export const make = (world: World) => {
  const { region } = world.environment;
  const dynamodb = connect(DynamoDBClient, region);
  const autoScaling = connect(AutoScalingClient, region);
  const elsewhere = new Map<string, EC2Client>([[region, connect(EC2Client, region)]]);
  const inRegion = (name: string): EC2Client => {
    const client = elsewhere.get(name) ?? connect(EC2Client, name);
    elsewhere.set(name, client);
    return client;
  };
  const core = makeCore(world, dynamodb);
  const sns = connect(SNSClient, region);
  const clients = {
    ec2: inRegion(region),
    inRegion,
    ssm: connectOnce(SSMClient, region),
    tell: (record: DeploymentRecord, image: string) =>
      notify(sns, core.environment, { kind: 'image', record, image }).catch((error: unknown) =>
        core.records.warn(record.deployment, `The image could not be told of: ${messageOf(error)}`),
      ),
  };
  return waitingStep<BakeImageMemo>(
    core,
    { dynamodb, sfn: connect(SFNClient, region), sqs: connect(SQSClient, region) },
    'BakeImage',
    (context, memo, save) => bakeImage(context, memo, save, clients),
    {
      dryRun: async (context) => {
        const [instance] = inService(await describeGroup(autoScaling, context.record.group));
        return tryBakeImage(context, clients, instance);
      },
    },
  );
};

export const handler = make(production(process.env));
