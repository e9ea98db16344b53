import { type EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { instancesWhere } from '../../fleet/instances';
import { tags } from '../../fleet/tags';
import type { StepContext } from '../context';
import type { Effect } from '../effects';
import { asBefore, never, type Settled, undone } from './settled';

const alive = ['pending', 'running', 'stopping', 'stopped'];

/** Terminates the builder; where its id is not known, whatever bears the deployment's tag and belongs to no group. */
export const endBuilder = async (context: StepContext, ec2: EC2Client, effect: Effect): Promise<Settled> => {
  const id = (effect.result as { instanceId?: string } | undefined)?.instanceId;
  const found = await instancesWhere(ec2, [
    { Name: 'instance-state-name', Values: alive },
    id === undefined
      ? { Name: `tag:${tags.deployment}`, Values: [context.record.deployment] }
      : { Name: 'instance-id', Values: [id] },
  ]);
  const builders = found.filter((instance) => instance.tags['aws:autoscaling:groupName'] === undefined);
  if (builders.length === 0) return id === undefined ? never : asBefore(effect);
  await context.guard();
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: builders.map((builder) => builder.id) }));
  return undone;
};
