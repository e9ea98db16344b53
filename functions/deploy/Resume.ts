import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { makeCore } from '../../lib/engine/core';
import { step } from '../../lib/engine/step';
import { resumeScaling } from '../../lib/rollout/resumeScaling';

/** Resumes the processes that this deployment suspended, and only these; rollout `none` gives the new version before. */
export const make = (world: World) => {
  const { region } = world.environment;
  const core = makeCore(world, connect(DynamoDBClient, region));
  const autoScaling = connect(AutoScalingClient, region);
  return step(core, 'Resume', async (context) => {
    await resumeScaling(context, autoScaling);
    return {};
  });
};

export const handler = make(production(process.env));
