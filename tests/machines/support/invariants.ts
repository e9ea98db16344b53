import { Effects } from '../../../lib/engine/effects';
import type { Effect } from '../../../lib/engine/effect';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { imageEffect } from '../../../lib/image/imageEffect';
import { templateVersionEffect } from '../../../lib/rollout/templateVersionEffect';
import { Table } from '../../../lib/aws/table';
import { refusedByIam } from './calls';
import { fleetSnapshot, looseEnds, recordOf, serving, told } from './snapshot';
import type { TestStack } from './testStack';
import type { Watch } from './watch';

/** The state of a fleet before, for a comparison. */
export const snapshotBefore = (stack: TestStack) => ({
  fleet: fleetSnapshot(stack),
  tags: tagsOf(stack),
  versions: new Set(serving(stack).map(({ software }) => software)),
  /** The number of messages. */
  told: told(stack).length,
});

type Before = ReturnType<typeof snapshotBefore>;

const tagsOf = (stack: TestStack): Record<string, Record<string, string>> =>
  Object.fromEntries(serving(stack).map(({ id }) => [id, { ...stack.instance(id).tags }]));

export interface Scene {
  readonly stage: TestStack;
  readonly watch: Watch;
  readonly before: Before;
  readonly deployment: string;
  /** Other deployments that changed the fleet: resources may be theirs. */
  readonly beside?: readonly string[];
}

interface Facts extends Scene {
  readonly record: DeploymentRecord;
  readonly effects: readonly Effect[];
  readonly effectsBeside: readonly Effect[];
}

type Check = (facts: Facts) => string[] | Promise<string[]>;

const names = ['Deployed', 'Rejected', 'RolledBack', 'Dirty'];
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const unlike = (what: string, found: unknown, expected: unknown): string[] =>
  same(found, expected) ? [] : [`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`];

/** 1. The record is closed by a known name. */
const ended: Check = ({ record }) =>
  record.closedAt !== undefined && names.includes(record.outcome ?? '') && record.due !== 'open'
    ? []
    : [`the record is not closed, or by no known name: ${record.outcome ?? '-'}, due ${record.due ?? '-'}`];

/** 2. What could not be resumed is listed. */
const nothingSuspended: Check = ({ stage: stack, before, effects }) => {
  const left = effects.some(({ kind, state }) => kind === 'processes' && state === 'left');
  return left ? [] : unlike('what is suspended', fleetSnapshot(stack).suspended, before.fleet.suspended);
};

/** 3. Only the owner of the lock changes the fleet. */
const onlyOwner: Check = ({ watch }) => watch.strangers().map((call) => `changed without its lock: ${call}`);

/**
 * 4. Enough targets are healthy. Rounded down: an instance in standby that is replaced then is missing until the new
 * one is ready.
 */
const enoughHealthy: Check = ({ watch, record }) => {
  const { minHealthyPercentage } = record.settings.rollout;
  const floor = Math.min(Math.floor((watch.before * minHealthyPercentage) / 100), watch.before);
  return watch.leastHealthy() >= floor
    ? []
    : [`only ${String(watch.leastHealthy())} targets were healthy, expected ${String(floor)} at least`];
};

const versionOf = ({
  kind,
  outcome,
  end,
  target,
  version,
  baseline,
}: DeploymentRecord): string | undefined => {
  if (outcome === 'Deployed') return version;
  const arrived = kind === 'rollback' && end?.error === 'None';
  return arrived && target ? version : baseline?.version;
};

/** 5 and 7. The version that a fleet runs, by its software and not by its tags. */
const runsWhatItShould: Check = ({ stage: stack, record, before }) => {
  const found = [...new Set(serving(stack).map(({ software }) => software))];
  if (record.outcome === 'Dirty' || record.handedTo) return [];
  return unlike(
    'what runs',
    found,
    record.outcome === 'Rejected' ? [...before.versions] : [versionOf(record)],
  );
};

/** 5. All but desired capacity, which belongs to scaling. `noOrphans` judges launch template versions and images. */
const asBefore: Check = ({ stage: stack, record, before, beside }) => {
  const undone =
    record.outcome === 'Rejected' || (record.outcome === 'RolledBack' && record.kind === 'deployment');
  if (!undone || record.handedTo || beside !== undefined) return [];
  const plain = ({ fleet }: Pick<Before, 'fleet'>) => ({
    ...fleet,
    images: [],
    snapshots: [],
    templates: fleet.templates.map(({ id, defaultVersion }) => ({ id, defaultVersion })),
  });
  const tags = tagsOf(stack);
  return [
    ...unlike('the fleet', plain({ fleet: fleetSnapshot(stack) }), plain(before)),
    ...Object.entries(tags).flatMap(([id, found]) =>
      id in before.tags ? unlike(`the tags of ${id}`, sorted(found), sorted(before.tags[id] ?? {})) : [],
    ),
  ];
};

const sorted = (tags: Record<string, string>) => Object.entries(tags).sort();

/** 6. A rejected deployment touched nothing. */
const untouchedIfRejected: Check = ({ watch, record, deployment }) =>
  record.outcome === 'Rejected'
    ? watch.under(deployment).map((call) => `touched by a rejected one: ${call}`)
    : [];

/** What a Dirty end may leave if it lists it: the kind of effect by the loose end's name. */
const listedAs: Readonly<Record<string, string>> = {
  refreshes: 'refresh',
  aside: 'standby',
  commands: 'command',
};
const isListed = (what: string, { outcome, end }: DeploymentRecord): boolean =>
  outcome === 'Dirty' && end?.left.some(({ kind }) => kind === listedAs[what]) === true;

/** 8. A new resource belongs to a release, or is retained to be resumed from. */
const noOrphans: Check = async ({ stage: stack, record, before, effects, effectsBeside }) => {
  const now = fleetSnapshot(stack);
  const beyond = (list: readonly string[], was: readonly string[]) => list.filter((id) => !was.includes(id));
  // A Dirty end lists the effects that the compensation did not reach.
  const owned = ['spare', 'kept', 'left', ...(record.outcome === 'Dirty' ? ['intended', 'done'] : [])];
  const kept = [...effects, ...effectsBeside].filter(({ state }) => owned.includes(state));
  const images = kept
    .filter((effect) => imageEffect.is(effect))
    .flatMap(({ result }) => result?.imageId ?? []);
  const templates = kept
    .filter((effect) => templateVersionEffect.is(effect))
    .flatMap(({ result }) => result?.version ?? []);
  const was = before.fleet.templates.flatMap(({ versions }) => versions);
  const loose = await looseEnds(stack);
  return [
    ...unlike('images beyond', beyond(now.images, before.fleet.images), images),
    ...unlike(
      'the number of snapshots beyond',
      now.snapshots.length - before.fleet.snapshots.length,
      images.length,
    ),
    ...unlike(
      'launch template versions beyond',
      beyond(
        now.templates.flatMap(({ versions }) => versions),
        was,
      ),
      templates,
    ),
    ...Object.entries(loose).flatMap(([what, found]) =>
      found.length === 0 || isListed(what, record) ? [] : unlike(what, found, []),
    ),
  ];
};

/** 11. A notification says how the deployment ended. */
const notified: Check = ({ stage: stack, record, before }) => {
  const all = told(stack).slice(before.told);
  const { application, version, outcome = '', end } = record;
  const title =
    end?.error === 'None' && record.kind === 'rollback' ? `${application} is back on ${version}` : outcome;
  const paged = all.some(({ topic, subject }) => topic.endsWith('-paging') && subject.includes(title));
  return [
    ...(all.some(({ subject }) => subject.includes(title))
      ? []
      : [`nobody was told "${title}": ${all.map(({ subject }) => subject).join('; ')}`]),
    ...(outcome === 'Dirty' && !paged ? ['Dirty, and nobody was paged'] : []),
  ];
};

/** A Dirty end names the repair command of everything that is left. */
const listed: Check = ({ record }) => {
  const { outcome, end } = record;
  if (outcome !== 'Dirty') return (end?.left ?? []).map(({ note }) => `left, and not Dirty: ${note}`);
  const left = end?.left ?? [];
  return [
    ...(left.length > 0 ? [] : ['Dirty, and nothing is listed']),
    ...left.filter(({ mend }) => mend === undefined).map(({ note }) => `no command mends: ${note}`),
  ];
};

const allowed: Check = ({ stage: stack }) => refusedByIam(stack).map((call) => `refused by IAM: ${call}`);

const checks = {
  ended,
  nothingSuspended,
  onlyOwner,
  enoughHealthy,
  runsWhatItShould,
  asBefore,
  untouchedIfRejected,
  noOrphans,
  notified,
  listed,
  allowed,
};

/** The violated invariants (by the numbers of the design's list). */
export const broken = async (scene: Scene): Promise<string[]> => {
  const record = await recordOf(scene.stage, scene.deployment);
  if (!record) return ['there is no record'];
  if (record.settings === undefined)
    return record.outcome === 'Rejected' ? [] : ['refused, but not Rejected'];
  const effects = await effectsOf(scene.stage, scene.deployment);
  const others = (scene.beside ?? []).filter((other) => other !== scene.deployment);
  const beside = await Promise.all(others.map((other) => effectsOf(scene.stage, other)));
  const found: string[] = [];
  for (const [name, check] of Object.entries(checks))
    found.push(
      ...(await check({ ...scene, record, effects, effectsBeside: beside.flat() })).map(
        (what) => `${name}: ${what}`,
      ),
    );
  return found;
};

export const effectsOf = (stack: TestStack, deployment: string): Promise<Effect[]> =>
  new Effects(new Table<Effect>(stack.dynamodb, 'forseti-production-deployments'), () =>
    stack.cloud.now(),
  ).list(deployment);
