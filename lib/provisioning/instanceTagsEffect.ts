import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';
import { tags } from '../aws/tags';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { inTurn, aws, data, recorded, structures } from '../engine/repairCommand';
import { changedExternally, type Settled, undone } from '../engine/settled';
import { describeInstances } from '../fleet/instances';
import { replaceByHand } from '../fleet/replaceByHand';

/** Tag to value; null where there is none. */
export type TagValues = Readonly<Record<string, string | null>>;

/** Tags of a batch of instances. */
export interface InstanceTagsShape {
  readonly kind: 'instance-tags';
  /** What they are set for, and the batch: `part 1`. */
  readonly target: string;
  /** By instance. */
  readonly before: Readonly<Record<string, TagValues>>;
  readonly wrote: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly result: undefined;
}

/** EC2 takes 1,000 resources in a call that makes or deletes tags. */
export const maxTaggedPerCall = 1000;

/** Groups the instances that get the same value. */
export const groupAlike = <Id, Value>(
  entries: readonly (readonly [Id, Value])[],
): { readonly value: Value; readonly ids: Id[] }[] => {
  const groups = new Map<string, { readonly value: Value; readonly ids: Id[] }>();
  for (const [id, value] of entries) {
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { value, ids: [] };
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
};

export const instanceTagsEffect = defineEffect<InstanceTagsShape>('instance-tags');

export const instanceTagsRepair: EffectRepair<InstanceTagsShape> = {
  of: instanceTagsEffect,
  scope: 'instances',
  repair: ({ before, wrote }, site) => {
    const { region } = site;
    const [touched, ...more] = touchedIn(wrote).map((id) => recorded(id));
    // Its former version, given back, would be a lie where something of the new one may have run.
    if (touched !== undefined) return replaceByHand(touched, more, site);
    const ids = Object.keys(before).map((id) => recorded(id));
    const write = (
      operation: 'ec2 create-tags' | 'ec2 delete-tags',
      tagsOf: (former: TagValues) => readonly Readonly<Record<string, string>>[],
    ) =>
      groupAlike(ids.map((id) => [id, tagsOf(before[id] ?? {})] as const))
        .filter(({ value }) => value.length > 0)
        .map(({ value, ids: some }) =>
          aws({ region }, operation, { '--resources': some.map(data), '--tags': structures(value) }),
        );
    const [first, ...others] = [
      ...write('ec2 create-tags', (former) =>
        Object.entries(former).flatMap(([Key, Value]) => (Value === null ? [] : [{ Key, Value }])),
      ),
      ...write('ec2 delete-tags', (former) =>
        Object.entries(former).flatMap(([Key, Value]) => (Value === null ? [{ Key }] : [])),
      ),
    ];
    return first ? inTurn(first, ...others) : { lookAt: 'No tag of any instance was changed.' };
  },
};

/**
 * The instances of an effect that were marked as touched by the deployment. An effect that only gives them the new
 * version comes later, and what it found is that mark.
 */
export const touchedIn = (wrote: InstanceTagsShape['wrote']): string[] =>
  Object.keys(wrote).filter((id) => tags.deployment in (wrote[id] ?? {}));

/**
 * Puts tags back that still hold what we wrote. An instance that is gone needs none.
 * @param except instances that keep theirs, since they say what runs there.
 */
export const putBackTags = async (
  context: StepContext,
  ec2: EC2Client,
  { before, wrote }: Effect<InstanceTagsShape>,
  except: ReadonlySet<string> = new Set(),
): Promise<Settled> => {
  const ours = Object.keys(before).filter((id) => !except.has(id));
  const there = (await describeInstances(ec2, ours)).filter(
    ({ state }) => state !== 'terminated' && state !== 'shutting-down',
  );
  const back: (readonly [string, readonly [tag: string, former: string | null]])[] = [];
  const changed = new Set<string>();
  for (const { id, tags: present } of there)
    for (const [tag, former] of Object.entries(before[id] ?? {})) {
      const now = present[tag] ?? null;
      if (now === former) continue;
      if (now !== (wrote[id]?.[tag] ?? null)) changed.add(id);
      else back.push([id, [tag, former]]);
    }
  if (back.length > 0) await context.guard();
  await Promise.all(groupAlike(back).map(({ value: [tag, former], ids }) => writeTag(ec2, ids, tag, former)));
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
  for (const Resources of chunks(ids, maxTaggedPerCall))
    await (former === null
      ? ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key }] }))
      : ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value: former }] })));
};
