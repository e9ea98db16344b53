/** The description of an embedded cloud for Forseti: the package's own, with settings, in words of Forseti's. */
import { cloudJsonSchema, cloudSchema } from '@forseti/embedded-cloud';
import * as z from 'zod';

const { regions, account, startAt, ...rest } = cloudSchema.shape;

/** A cloud with the settings that are to be applied in it. */
export const describedCloudSchema = z.strictObject({
  regions,
  account,
  startAt,
  settings: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .optional()
    .describe('The forseti.yml to apply: its path beside this file, or its content.'),
  ...rest,
});

const group = ['groups', 'additionalProperties'];
const instances = [...group, 'instances', 'anyOf', '1', 'items'];
const launchTemplate = [...group, 'launchTemplate'];

/** What members of the description mean to Forseti, by their place in the JSON schema (`properties` left out). */
const descriptions: readonly (readonly [readonly string[], string])[] = [
  [[...instances, 'version'], 'What runs on them, and their tag forseti:version.'],
  [[...instances, 'tags'], 'Such as forseti:avoid-image: "true".'],
  [[...instances, 'agent', 'version'], "Of the SSM agent. Forseti's own document needs 3.3.2746 or later."],
  [
    [...launchTemplate, 'reference'],
    'What the group names: a number, or $Latest or $Default, which Forseti refuses.',
  ],
  [
    [...launchTemplate, 'imageParameter'],
    'The image as a parameter, which Forseti refuses: resolve:ssm:NAME.',
  ],
];

type Schema = Record<string, unknown>;

/** The part of a schema at a path. @throws Error where the schema has no such part. */
const partOf = (schema: Schema, path: readonly string[]): Schema =>
  path.reduce((part, step) => {
    const members = part.properties as Schema | undefined;
    const found = (members?.[step] ?? part[step]) as Schema | undefined;
    if (!found) throw new Error(`The JSON schema has no ${path.join('.')}.`);
    return found;
  }, schema);

/** The JSON schema of such a description, for editors. */
export const describedCloudJsonSchema = (): Schema => {
  const { title, ...schema } = cloudJsonSchema(describedCloudSchema);
  for (const [path, text] of descriptions) partOf(schema, path).description = text;
  return { title, description: 'What "forseti local reset --cloud FILE.yml" makes.', ...schema };
};
