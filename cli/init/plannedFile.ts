import { existsSync } from 'node:fs';
import { type ApplicationInput, parseSettingsFile } from '../../lib/application/parse';
import type { InitOptions } from './options';
import { UsageError } from '../terminal/errors';
import { readText } from '../terminal/readText';
import { withApplication } from './withApplication';

/** The settings file, as `forseti init` is going to leave it. */
export interface PlannedFile {
  readonly path: string;
  /** The new text; absent if the file holds the application already. */
  readonly written?: string;
  readonly input: ApplicationInput;
}

const sourceOf = (source: string): ApplicationInput['provisioning']['source'] =>
  source.startsWith('s3://') ? { s3: source } : { git: source };

/** The settings that are written for a new application. @throws UsageError. */
const newSettings = (
  application: string,
  group: string,
  { source, playbook, reboot }: InitOptions,
): ApplicationInput => {
  if (source === undefined)
    throw new UsageError(
      `${application} has no settings yet, and nothing tells where its playbook is. Give --source s3://BUCKET/KEY, or the address of a repository.`,
    );
  return {
    group,
    provisioning: { source: sourceOf(source), ...(playbook !== undefined && { playbook }) },
    ...(!reboot && { image: { reboot: false } }),
  };
};

/** Refuses options that would change nothing, since the file holds the application already. @throws UsageError. */
const refuseIgnoredOptions = (
  path: string,
  application: string,
  options: InitOptions,
  input: ApplicationInput,
): void => {
  const ignored = [
    ...(options.source === undefined ? [] : ['--source']),
    ...(options.playbook === undefined ? [] : ['--playbook']),
    ...(options.reboot || input.image?.reboot === false ? [] : ['--no-reboot']),
  ];
  if (ignored.length > 0)
    throw new UsageError(
      `${path} holds settings of ${application} already; ${ignored.join(', ')} would change nothing. Change the file, or leave it out.`,
    );
};

/** @throws UsageError; InvalidSettings with all problems of the file as it is, or as it would be. */
export const plannedFile = (application: string, group: string, options: InitOptions): PlannedFile => {
  const path = options.file;
  const text = existsSync(path) ? readText(path) : undefined;
  const known =
    text === undefined || text.trim() === ''
      ? undefined
      : parseSettingsFile(text, path).input.applications[application];
  if (known) {
    if (known.group !== group)
      throw new UsageError(
        `${path} gives ${application} the group ${known.group}, the instance is in ${group}. Make them the same.`,
      );
    refuseIgnoredOptions(path, application, options, known);
    return { path, input: known };
  }
  const written = withApplication(text, application, newSettings(application, group, options));
  const input =
    written === undefined ? undefined : parseSettingsFile(written, path).input.applications[application];
  if (written === undefined || !input)
    throw new UsageError(
      `${application} cannot be added to ${path}: its applications stand in braces. Write them a line each, or add it by hand.`,
    );
  return { path, input, written };
};
