import { describedCloudJsonSchema } from '../cli/local/description';
import { settingsJsonSchema } from '../lib/application/jsonSchema';

/** The JSON schemas for editors, by file name; generated from the same source that checks the files. */
export const schemaFiles = (): Readonly<Record<string, object>> => ({
  'forseti.schema.json': settingsJsonSchema(),
  'cloud.schema.json': describedCloudJsonSchema(),
});
