import * as z from 'zod';
import { cloudSchema } from './schema';

/**
 * The JSON schema of a cloud description for editors: what has a default may be left out.
 * @param schema the description's own, or one that a tool has extended.
 */
export const cloudJsonSchema = (schema: z.ZodType = cloudSchema): Record<string, unknown> => ({
  title: 'Description of an embedded cloud',
  ...z.toJSONSchema(schema, { io: 'input' }),
});
