import { createHash } from 'node:crypto';
import type { Region } from '../../core/service';
import { stateOf } from '../agents';
import type { Command } from '../state';

const hash = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

const isCommit = (reference: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(reference);

export const sourceKey = (source: string, reference: string): string => `${source} ${reference}`.trim();

/** Made up of what distinguishes it: a commit, or the ETag and the version of an object in S3. */
export const inventedRevision = (source: string, reference: string, push: number): string => {
  const text = `${sourceKey(source, reference)} ${String(push)}`;
  return source.startsWith('s3://') ? `${hash(text, 32)} ${hash(`version ${text}`, 32)}` : hash(text, 40);
};

/** What a source is now. */
const currentRevision = (region: Region, source: string, reference: string): string => {
  const pushes = stateOf(region).sources?.[sourceKey(source, reference)] ?? [];
  const last = pushes.filter(({ from }) => from <= region.now()).at(-1);
  return last?.revision ?? (isCommit(reference) ? reference : inventedRevision(source, reference, 0));
};

/** The line by which a document tells the revision of its source; empty for one that tells none. */
export const sourceReport = (region: Region, { documentName, parameters }: Command): string => {
  const reports = stateOf(region).provisioners[documentName]?.reports;
  const valueOf = (name: string): string => parameters[name]?.[0] ?? '';
  const source = reports && valueOf(reports.source);
  if (reports === undefined || source === undefined || source === '') return '';
  const asked = valueOf(reports.revision);
  const revision = asked === '' ? currentRevision(region, source, valueOf(reports.reference)) : asked;
  return `${reports.prefix}${revision}\n`;
};
