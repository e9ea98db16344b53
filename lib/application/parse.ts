import type { z } from 'zod';
import { checkWritten } from './checkSettings';
import { parseFile, type Parsed } from './document';
import { type Settings, settingsSchema } from './schema';

/** What a person may write: keys with a default may be left out. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type ApplicationInput = SettingsInput['applications'][string];

/**
 * Parses a forseti.yml (or the same as JSON).
 * @returns the settings with defaults filled in, and as they were written.
 * @throws InvalidSettings with all problems, each with path, line and column.
 */
export const parseSettingsFile = (text: string, fileName: string): Parsed<typeof settingsSchema> =>
  parseFile(text, fileName, settingsSchema, checkWritten);

/** {@link parseSettingsFile}, defaults filled in. */
export const parseSettings = (text: string, fileName: string): Settings =>
  parseSettingsFile(text, fileName).value;
