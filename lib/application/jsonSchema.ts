import * as z from 'zod';
import type { KnownKeys, Path } from './explain';
import { settingsSchema } from './schema';

/** The part of a JSON schema that is read here. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly [key: string]: unknown;
}

/** The schema of forseti.yml for editors. It describes what a person may write, so keys with a default are optional. */
export const settingsJsonSchema = (): JsonSchema => ({
  title: 'forseti.yml',
  description: 'Settings of the applications that Forseti deploys.',
  ...(z.toJSONSchema(settingsSchema, { io: 'input' }) as JsonSchema),
});

const alternatives = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? [schema];

const below = (schema: JsonSchema, key: PropertyKey): readonly JsonSchema[] => {
  if (typeof key === 'number') return schema.items ? alternatives(schema.items) : [];
  const { additionalProperties: others } = schema;
  const found = schema.properties?.[String(key)] ?? (typeof others === 'object' ? others : undefined);
  return found ? alternatives(found) : [];
};

/** The keys that a schema knows at a path; for alternatives, the keys of all of them. */
export const knownKeys = (schema: JsonSchema): KnownKeys => {
  return (path: Path) => {
    const reached = path.reduce<readonly JsonSchema[]>(
      (schemas, key) => schemas.flatMap((one) => below(one, key)),
      alternatives(schema),
    );
    return [...new Set(reached.flatMap((one) => Object.keys(one.properties ?? {})))];
  };
};
