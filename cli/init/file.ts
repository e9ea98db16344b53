import { existsSync } from 'node:fs';
import { type ApplicationInput, parseSettingsFile } from '../../lib/application/parse';
import type { InitOptions } from '../commands/init';
import { UsageError } from '../terminal/exitCodes';
import { readText } from '../session/readText';
import { withApplication } from './settingsFile';

/** The settings file as it is, and as it is going to be. */
export interface File {
  readonly path: string;
  /** Absent where the application stands in it already. */
  readonly written?: string;
  readonly input: ApplicationInput;
}

const sourceOf = (source: string): ApplicationInput['provisioning']['source'] =>
  source.startsWith('s3://') ? { s3: source } : { git: source };

/** What is written for an application that has no settings yet. @throws UsageError */
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

/** Options that a file which holds the application already leaves nothing to say. */
const refuseOthers = (
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

/** @throws UsageError, InvalidSettings with all that is wrong with the file as it is, or as it would be. */
export const fileFor = (application: string, group: string, options: InitOptions): File => {
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
    refuseOthers(path, application, options, known);
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
