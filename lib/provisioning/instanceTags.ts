import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';
import { nameOf } from '../aws/failure';
import type { StepContext } from '../engine/context';
import { type DescribedInstance, describeInstances } from '../fleet/instances';
import { tagList, type Tags } from '../aws/tags';
import { groupAlike, instanceTagsEffect, maxTaggedPerCall } from './instanceTagsEffect';

/** About 300 bytes per instance: an item of DynamoDB holds 400 KB. */
const maxPerEffect = 500;

/**
 * Sets tags on instances, one effect per batch (`NAME 1`, `NAME 2`, …), so that 350 instances cost one write and one
 * call for each set of tags. Instances that are gone are left out.
 * @param wanted the tags of each instance.
 */
export const setInstanceTags = async (
  context: StepContext,
  ec2: EC2Client,
  name: string,
  instances: readonly DescribedInstance[],
  wanted: (id: string) => Tags,
): Promise<void> => {
  for (const [index, batch] of chunks(instances, maxPerEffect).entries()) {
    const before = Object.fromEntries(batch.map((one) => [one.id, formerTags(one, wanted(one.id))]));
    const wrote = Object.fromEntries(batch.map(({ id }) => [id, wanted(id)]));
    await context.change(
      instanceTagsEffect,
      { target: `${name} ${String(index + 1)}`, before, wrote },
      (effect) => writeTags(ec2, effect.wrote),
    );
  }
};

const formerTags = (instance: DescribedInstance, wanted: Tags): Record<string, string | null> =>
  Object.fromEntries(Object.keys(wanted).map((key) => [key, instance.tags[key] ?? null]));

/** One call for all instances that get the same tags. */
const writeTags = async (ec2: EC2Client, wanted: Readonly<Record<string, Tags>>): Promise<undefined> => {
  await Promise.all(
    groupAlike(Object.entries(wanted)).flatMap(({ value, ids }) =>
      chunks(ids, maxTaggedPerCall).map((some) => createTags(ec2, some, value)),
    ),
  );
};

/** If one instance is gone, EC2 refuses the whole call: then only those that exist are tagged. */
const createTags = async (ec2: EC2Client, ids: readonly string[], tags: Tags): Promise<void> => {
  const send = (resources: string[]) =>
    ec2.send(new CreateTagsCommand({ Resources: resources, Tags: tagList(tags) }));
  try {
    await send([...ids]);
  } catch (error) {
    if (!nameOf(error).startsWith('InvalidInstanceID')) throw error;
    const there = (await describeInstances(ec2, ids)).filter(({ state }) => state !== 'terminated');
    if (there.length > 0) await send(there.map(({ id }) => id));
  }
};
