import * as z from 'zod';
import { cloudSchema } from './schema';

/**
 * The JSON schema of a cloud description, for editors. Keys with a default are optional.
 * @param schema the schema of this package, or one that a tool has extended
 */
export const cloudJsonSchema = (schema: z.ZodType = cloudSchema): Record<string, unknown> => ({
  title: 'Description of an embedded cloud',
  ...z.toJSONSchema(schema, { io: 'input' }),
});
