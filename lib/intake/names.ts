import { createHash } from 'node:crypto';

const hash = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** A tag's request: the same tag on the same commit is the same request, whoever sends it and however often. */
export const tagRequestKey = (application: string, repository: string, tag: string, commit: string): string =>
  hash('tag', application, repository, tag, commit);

/** The item that keeps which commit a tag named when it was first taken. */
export const firstTagKey = (application: string, repository: string, tag: string): string =>
  hash('first tag', application, repository, tag);

/** The item that keeps since when a tag waits for a region that does not answer. */
export const waitingTagKey = (repository: string, tag: string, commit: string): string =>
  hash('waiting tag', repository, tag, commit);

/** An alarm's request: the same change of its state is the same request. */
export const alarmRequestKey = (application: string, alarmArn: string, changedAt: number): string =>
  hash('alarm', application, alarmArn, String(changedAt));

/** What an alarm that rings on leads to: once per end of a deployment or rollback. */
export const ringingKey = (application: string, alarmArn: string, changedAt: number, after: string): string =>
  hash('still ringing', application, alarmArn, String(changedAt), after);

/** A rollback that was asked for by an event: the same id is the same request. */
export const rollbackRequestKey = (application: string, id: string): string =>
  hash('rollback', application, id);

/**
 * The business name of an execution: application (30 characters), version (25, made safe), hash of the request's key (12).
 * Step Functions takes at most 80 characters of `[0-9A-Za-z_-]`.
 */
export const executionName = (application: string, version: string, requestKey: string): string =>
  [
    application.slice(0, 30),
    version.replace(/[^0-9A-Za-z_-]/g, '_').slice(0, 25),
    hash(requestKey).slice(0, 12),
  ].join('-');
