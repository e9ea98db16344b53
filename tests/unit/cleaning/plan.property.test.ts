import fc from 'fast-check';
import type { Facts, KnownRelease, OwnImage, TemplateVersion } from '../../../lib/cleaning/facts';
import { type Deletion, nameOfDeletion, planCleaning } from '../../../lib/cleaning/plan';

const home = 'eu-west-1';
const abroad = 'eu-central-1';
const template = 'lt-1';

/** One deployment of a history, and its end. */
interface Past {
  readonly end: 'good' | 'bad' | 'failed' | 'open' | 'spare';
  readonly copied: boolean;
  /** How much the interrupted run before deleted: nothing, the version, the copy, the image without its snapshot. */
  readonly interrupted: 0 | 1 | 2 | 3;
  readonly hasVersion: boolean;
  readonly uses: readonly (
    'instance' | 'instance abroad' | 'group' | 'default' | 'shared' | 'foreign template' | 'foreign image'
  )[];
}

const past: fc.Arbitrary<Past> = fc.record({
  end: fc.constantFrom('good', 'good', 'good', 'bad', 'failed', 'open', 'spare'),
  copied: fc.boolean(),
  interrupted: fc.constantFrom(0, 0, 0, 1, 2, 3),
  hasVersion: fc.boolean(),
  uses: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.uniqueArray(
        fc.constantFrom(
          'instance',
          'instance abroad',
          'group',
          'default',
          'shared',
          'foreign template',
          'foreign image',
        ),
        { maxLength: 2 },
      ),
    },
  ),
});

type Made = { release?: KnownRelease; images: OwnImage[]; versions: TemplateVersion[] } & Pick<
  Facts,
  'snapshots' | 'uses' | 'claims'
>;

/** Every second release is another image of the version before it, as `regenerate` makes it. */
const versionOf = (index: number): string => `v${String(Math.floor(index / 2))}`;

const made = ({ end, copied, interrupted, hasVersion, uses }: Past, index: number): Made => {
  const deployment = `d-${String(index)}`;
  const image = `ami-${String(index)}`;
  const version = String(index + 1);
  const ref = { id: template, version };
  const isReleased = end === 'good' || end === 'bad';
  // Only artifacts that nothing keeps can have been deleted in part.
  const step = end === 'failed' && uses.length === 0 ? interrupted : 0;
  const has = (use: Past['uses'][number]): boolean => uses.includes(use);
  const abroadToo = copied && step < 2;
  const places = [...(step < 3 ? [home] : []), ...(abroadToo ? [abroad] : [])];
  const idIn = (region: string): string => (region === home ? image : `${image}-copy`);
  return {
    ...(isReleased && {
      release: {
        release: `2026-01-${String(index + 10)}#${deployment}`,
        version: versionOf(index),
        deployment,
        group: 'api',
        image,
        launchTemplate: ref,
        state: end,
      },
    }),
    images: places.map((region) => ({
      id: idIn(region),
      region,
      deployment,
      snapshots: [`snap-${idIn(region)}`],
      sharedWith: has('shared') && region === home ? ['111122223333'] : [],
    })),
    snapshots: [home, ...(copied && step < 2 ? [abroad] : [])].map((region) => ({
      id: `snap-${idIn(region)}`,
      region,
      deployment,
      images: [
        ...(places.includes(region) ? [idIn(region)] : []),
        ...(has('foreign image') && region === home ? ['ami-foreign'] : []),
      ],
    })),
    versions: [
      ...((hasVersion || isReleased) && step < 1
        ? [{ ...ref, region: home, image, isDefault: has('default'), deployment }]
        : []),
      ...(has('foreign template')
        ? [{ id: 'lt-9', version, region: home, image, isDefault: false, deployment: undefined }]
        : []),
    ],
    uses: [
      ...(has('instance') ? [{ by: 'instance i-1', region: home, image }] : []),
      ...(has('instance abroad') ? [{ by: 'instance i-2', region: abroad, image: idIn(abroad) }] : []),
      ...(has('group') ? [{ by: 'group api', region: home, launchTemplate: ref }] : []),
    ],
    claims:
      end === 'open' || end === 'spare'
        ? [{ deployment, why: end, images: [image], launchTemplates: [ref] }]
        : [],
  };
};

const factsOf = (history: readonly Past[]): Facts => {
  const all = history.map(made);
  return {
    homeRegion: home,
    group: 'api',
    releases: all.flatMap(({ release }) => release ?? []).reverse(),
    images: all.flatMap(({ images }) => images),
    snapshots: all.flatMap(({ snapshots }) => snapshots),
    versions: all.flatMap(({ versions }) => versions),
    uses: all.flatMap(({ uses }) => uses),
    claims: all.flatMap(({ claims }) => claims),
  };
};

/** The world after some of the deletions. */
const after = (facts: Facts, deletions: readonly Deletion[], releases: readonly string[]): Facts => {
  const gone = new Set(deletions.map(nameOfDeletion));
  const images = facts.images.filter(({ id, region }) => !gone.has(`image ${id} in ${region}`));
  const ids = new Set(images.map(({ id }) => id));
  const deletedWith = new Set(
    deletions.flatMap((deletion) => (deletion.kind === 'image' ? deletion.snapshots : [])),
  );
  const ownBefore = new Set(facts.images.map(({ id }) => id));
  return {
    ...facts,
    images,
    releases: facts.releases.map((one) => (releases.includes(one.release) ? { ...one, cleanedAt: 1 } : one)),
    versions: facts.versions.filter(
      ({ id, version, region }) => !gone.has(`launch template version ${id}:${version} in ${region}`),
    ),
    snapshots: facts.snapshots
      .map((one) => ({
        ...one,
        images: one.images.filter((image) => ids.has(image) || !ownBefore.has(image)),
      }))
      .filter(
        ({ id, region, images: of }) =>
          !gone.has(`snapshot ${id} in ${region}`) && !(deletedWith.has(id) && of.length === 0),
      ),
  };
};

const owned = (history: readonly Past[], keep: number): Set<number> => {
  const good = history.flatMap(({ end }, index) => (end === 'good' ? [index] : []));
  const newest = new Map(good.map((index) => [versionOf(index), index]));
  return new Set([
    ...[...newest.values()].slice(-Math.max(keep, 2)),
    ...history.flatMap(({ end }, index) => (end === 'open' || end === 'spare' ? [index] : [])),
  ]);
};

const histories = fc.tuple(fc.array(past, { maxLength: 14 }), fc.integer({ min: 1, max: 5 }));
const isTheirs = (deletion: Deletion, index: number): boolean => {
  const [id, copy] = [`ami-${String(index)}`, `ami-${String(index)}-copy`];
  if (deletion.kind === 'image') return [id, copy].includes(deletion.image);
  if (deletion.kind === 'snapshot') return [`snap-${id}`, `snap-${copy}`].includes(deletion.snapshot);
  return deletion.launchTemplate.version === String(index + 1);
};

const isMadeBy = ({ deployment }: TemplateVersion, index: number): boolean =>
  deployment === `d-${String(index)}`;

test('Over random histories nothing is deleted that anything refers to', () => {
  fc.assert(
    fc.property(histories, ([history, keep]) => {
      const facts = factsOf(history);
      const { deletions } = planCleaning(facts, keep);
      const keeps = owned(history, keep);
      for (const [index, { uses }] of history.entries()) {
        const theirs = deletions.filter((deletion) => isTheirs(deletion, index));
        if (keeps.has(index)) expect(theirs).toEqual([]);
        const image = theirs.find((one) => one.kind === 'image' && one.region === home);
        const version = theirs.find((one) => one.kind === 'launch-template-version');
        // A default or used version names the image, if the image exists.
        const holds = (use: string): boolean =>
          ['instance', 'shared', 'foreign template'].includes(use) ||
          (['group', 'default'].includes(use) && facts.versions.some((one) => isMadeBy(one, index)));
        if (uses.some(holds)) expect(image).toBeUndefined();
        if (uses.includes('group') || uses.includes('default')) expect(version).toBeUndefined();
        if (uses.includes('instance abroad'))
          expect(theirs.filter((one) => one.kind === 'image' && one.region === abroad)).toEqual([]);
        if (uses.includes('foreign image'))
          expect(theirs.filter(({ kind }) => kind === 'snapshot')).toEqual([]);
      }
    }),
    { numRuns: 500, seed: 7 },
  );
});

test("Over random histories nothing of Forseti's stays without an owner, and a second run deletes nothing", () => {
  fc.assert(
    fc.property(histories, ([history, keep]) => {
      const facts = factsOf(history);
      const { deletions, releases } = planCleaning(facts, keep);
      const left = after(facts, deletions, releases);
      const keeps = owned(history, keep);
      for (const [index, { uses }] of history.entries())
        if (!keeps.has(index) && uses.length === 0) {
          const of = `d-${String(index)}`;
          expect(
            [...left.images, ...left.snapshots, ...left.versions].filter(
              ({ deployment }) => deployment === of,
            ),
          ).toEqual([]);
        }
      expect(planCleaning(left, keep)).toMatchObject({ deletions: [], releases: [] });
    }),
    { numRuns: 500, seed: 8 },
  );
});

test('After an interruption anywhere, the next run ends where the first would have', () => {
  fc.assert(
    fc.property(histories, fc.nat(), ([history, keep], cut) => {
      const facts = factsOf(history);
      const whole = planCleaning(facts, keep);
      const some = whole.deletions.slice(0, cut % (whole.deletions.length + 1));
      const half = after(facts, some, whole.releases);
      const rest = planCleaning(half, keep);
      expect(after(half, rest.deletions, rest.releases)).toEqual(
        after(facts, whole.deletions, whole.releases),
      );
    }),
    { numRuns: 500, seed: 9 },
  );
});

test('A launch template version goes before its image, and copies before the image at home', () => {
  fc.assert(
    fc.property(histories, ([history, keep]) => {
      const { deletions } = planCleaning(factsOf(history), keep);
      const order = deletions.map(({ kind, region }) =>
        kind === 'launch-template-version' ? 0 : (kind === 'image' ? 1 : 3) + Number(region === home),
      );
      expect(order).toEqual([...order].sort());
    }),
    { numRuns: 200, seed: 10 },
  );
});
