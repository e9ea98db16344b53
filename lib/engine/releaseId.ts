import { createHash } from 'node:crypto';
import { checkVersion } from '../application/version';
import type { Release } from './releases';

/** Hexadecimal digits of an id. Only releases of one version have to differ in them. */
const idDigits = 6;
const idForm = new RegExp(`^[0-9a-f]{${String(idDigits)}}$`);

type Identified = Pick<Release, 'version' | 'release'>;

/**
 * The name of one release, also where a version was released more than once: `v2@3f9a1c`. It is derived from the
 * release's sort key, so releases that were stored before there were ids have one too. `@` is part of no version, and
 * no shell gives it a meaning within a word.
 */
export const releaseId = ({ version, release }: Identified): string =>
  `${version}@${createHash('sha256').update(release).digest('hex').slice(0, idDigits)}`;

/** Whether a person means this release: by its version, or by its id. */
export const isCalled = (release: Identified, name: string): boolean =>
  name.includes('@') ? releaseId(release) === name : release.version === name;

/** How a release is called among others: by its version, or by its id where another one has the same version. */
export const calledAmong = (release: Identified, others: readonly Identified[]): string =>
  others.some((other) => other.version === release.version && other.release !== release.release)
    ? releaseId(release)
    : release.version;

/** @returns what is wrong with a version or a release's id, or undefined. */
export const checkReleaseName = (name: unknown): string | undefined => {
  if (typeof name !== 'string' || !name.includes('@')) return checkVersion(name);
  const [version = '', digits = ''] = name.split('@', 2);
  if (checkVersion(version) === undefined && name === `${version}@${digits}` && idForm.test(digits))
    return undefined;
  return (
    `release ${JSON.stringify(name.slice(0, 80))} is malformed; expected a version such as "v1.4.2", or a release's id ` +
    'such as "v1.4.2@3f9a1c", as "forseti list" shows it'
  );
};
