import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { resumeProcesses } from '../../lib/fleet/processes';

/** Resumes the processes that this deployment suspended, and only these. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const autoScaling = connect(AutoScalingClient, region);
  return step(core, 'Resume', async (context) => {
    await resumeProcesses(context, autoScaling);
    return {};
  });
};

export const handler = make(production(process.env));
