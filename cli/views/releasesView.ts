import { showAgo } from '../terminal/duration';
import type { ApplicationReleases, ListedRelease } from '../queries/releases';
import { columns, type Style } from '../terminal/style';

const imageText = ({ image, imageState }: ListedRelease, style: Style): string =>
  imageState === 'available' ? image : `${image} ${style.bad(imageState)}`;

/** `eu-central-1 available, us-east-1 failed: it does not answer`. */
const copiesText = ({ imageCopies = {} }: ListedRelease, style: Style): string =>
  Object.entries(imageCopies)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([region, { state, problem }]) => {
      const paint = state === 'available' ? style.good : state === 'failed' ? style.bad : style.warn;
      return `${region} ${paint(state)}${problem === undefined ? '' : style.dim(` (${problem})`)}`;
    })
    .join(', ');

const row = (release: ListedRelease, now: number, style: Style): string[] => [
  release.name,
  release.state === 'good' ? style.good('good') : style.bad('bad'),
  imageText(release, style),
  `${release.launchTemplate.id} version ${release.launchTemplate.version}`,
  release.sizeGib === undefined ? '' : `${String(release.sizeGib)} GiB`,
  style.dim(showAgo(now - release.madeAt)),
  release.cleanedAt === undefined
    ? [
        ...(release.baseline === true ? ['baseline: what ran before the first deployment'] : []),
        ...(release.otherFleet === undefined ? [] : [style.warn(`of ${release.otherFleet}`)]),
        ...release.usedBy,
      ].join(', ')
    : style.dim(
        `cleaned ${showAgo(now - release.cleanedAt)}${release.cleanedBy === undefined ? '' : ` by ${release.cleanedBy}`}`,
      ),
  copiesText(release, style),
];

export const releasesTree = (lists: readonly ApplicationReleases[], now: number, style: Style): string[] => {
  if (lists.length === 0) return ['There are no applications: forseti apply forseti.yml makes them known.'];
  return lists.flatMap(({ application, releases }, index) => [
    ...(index > 0 ? [''] : []),
    style.bold(application),
    ...(releases.length === 0
      ? [`  ${style.dim('no releases yet')}`]
      : columns(
          releases.map((release) => row(release, now, style)),
          [4],
        ).map((line) => `  ${line}`)),
  ]);
};

/** One release a line, fields separated by tabs. */
export const releasesPlain = (lists: readonly ApplicationReleases[]): string[] =>
  lists.flatMap(({ application, releases }) =>
    releases.map((release) =>
      [
        application,
        release.version,
        release.state,
        release.image,
        release.imageState,
        release.launchTemplate.id,
        release.launchTemplate.version,
        release.sizeGib === undefined ? '-' : String(release.sizeGib),
        new Date(release.madeAt).toISOString(),
        release.usedBy.join(', ') || '-',
        release.cleanedAt === undefined ? '-' : new Date(release.cleanedAt).toISOString(),
        release.id,
        release.group,
        Object.entries(release.imageCopies ?? {})
          .map(([region, { state }]) => `${region}=${state}`)
          .join(',') || '-',
      ].join('\t'),
    ),
  );
