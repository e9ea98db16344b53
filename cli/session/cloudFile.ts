import { dirname, resolve } from 'node:path';
import { stringify } from 'yaml';
import { parseFile } from '../../lib/application/document';
import { parseSettingsFile, type SettingsInput } from '../../lib/application/parse';
import { cloudChecks } from '../../packages/embedded-cloud/src/description/checks';
import { type CloudDescription, cloudSchema } from '../../packages/embedded-cloud/src/description/schema';
import { readText } from './readText';

export interface CloudFile {
  /** Without its settings: they are applied like anybody's. */
  readonly description: Omit<CloudDescription, 'settings'>;
  readonly settings: SettingsInput | undefined;
}

/** @throws InvalidSettings with all problems of the description, or of the settings that it names or holds. */
export const readCloudFile = (file: string): CloudFile => {
  const { settings, ...description } = parseFile(readText(file), file, cloudSchema, cloudChecks).value;
  if (settings === undefined) return { description, settings: undefined };
  if (typeof settings === 'string') {
    const path = resolve(dirname(file), settings);
    return { description, settings: parseSettingsFile(readText(path), path).input };
  }
  return { description, settings: parseSettingsFile(stringify(settings), `settings in ${file}`).input };
};
