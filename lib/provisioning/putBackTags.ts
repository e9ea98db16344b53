import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';
import { describeInstances } from '../fleet/instances';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import { changedExternally, type Settled, undone } from '../engine/settled';

type Tags = Readonly<Record<string, string | null>>;
type InstanceTags = Readonly<Record<string, Tags>>;

/** EC2 takes 1,000 resources in a call that makes or deletes tags. */
const maxPerCall = 1000;

/** Tags as they were, where they still hold what we wrote. An instance that is gone needs none. */
export const putBackTags = async (context: StepContext, ec2: EC2Client, effect: Effect): Promise<Settled> => {
  const before = effect.before as InstanceTags;
  const wrote = effect.wrote as InstanceTags;
  const there = (await describeInstances(ec2, Object.keys(before))).filter(
    ({ state }) => state !== 'terminated' && state !== 'shutting-down',
  );
  const back = new Map<string, string[]>();
  const changed = new Set<string>();
  for (const { id, tags } of there)
    for (const [tag, former] of Object.entries(before[id] ?? {})) {
      const now = tags[tag] ?? null;
      if (now === former) continue;
      if (now !== (wrote[id]?.[tag] ?? null)) changed.add(id);
      else back.set(JSON.stringify([tag, former]), [...(back.get(JSON.stringify([tag, former])) ?? []), id]);
    }
  if (back.size > 0) await context.guard();
  await Promise.all(
    [...back].map(([key, ids]) => {
      const [tag, former] = JSON.parse(key) as [string, string | null];
      return writeTag(ec2, ids, tag, former);
    }),
  );
  if (changed.size === 0) return undone;
  return changedExternally(
    `Tags of ${[...changed].slice(0, 10).join(', ')} were changed by somebody else since.`,
  );
};

const writeTag = async (
  ec2: EC2Client,
  ids: readonly string[],
  Key: string,
  former: string | null,
): Promise<void> => {
  for (const Resources of chunks(ids, maxPerCall))
    await (former === null
      ? ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key }] }))
      : ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value: former }] })));
};
