import { dirname, resolve } from 'node:path';
import { stringify } from 'yaml';
import { cloudChecks, type CloudDescription } from '@forseti/embedded-cloud';
import { parseFile } from '../../lib/application/document';
import { parseSettingsFile, type SettingsInput } from '../../lib/application/parse';
import { readText } from '../terminal/readText';
import { describedCloudSchema } from './description';

export interface CloudFile {
  /** The description without the settings, which are applied to the new cloud as a person would. */
  readonly description: CloudDescription;
  readonly settings: SettingsInput | undefined;
}

/**
 * Reads the description of an embedded cloud, with the settings that it holds or whose file it names.
 * @throws InvalidSettings with all problems of the description or of the settings.
 */
export const readCloudFile = (file: string): CloudFile => {
  const { settings, ...description } = parseFile(
    readText(file),
    file,
    describedCloudSchema,
    cloudChecks,
  ).value;
  if (settings === undefined) return { description, settings: undefined };
  if (typeof settings === 'string') {
    const path = resolve(dirname(file), settings);
    return { description, settings: parseSettingsFile(readText(path), path).input };
  }
  return { description, settings: parseSettingsFile(stringify(settings), `settings in ${file}`).input };
};
