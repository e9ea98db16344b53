import * as z from 'zod';
import { cloudSchema } from './schema';

/** The schema of a cloud description for editors: what has a default may be left out. */
export const cloudJsonSchema = (): object => ({
  title: 'Description of an embedded cloud',
  description: 'What "forseti local reset --cloud FILE.yml" makes.',
  ...(z.toJSONSchema(cloudSchema, { io: 'input' }) as object),
});
