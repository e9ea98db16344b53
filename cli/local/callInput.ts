/**
 * Input of an AWS action from JSON, by the SDK's own schema of it: what the schema does not know is refused with what
 * it knows; timestamps (ISO 8601 or epoch seconds) become dates, blobs (base64, as the AWS CLI takes them) bytes.
 */
import { NormalizedSchema } from '@smithy/core/schema';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

export interface ReadInput {
  readonly input: unknown;
  /** A sentence each; none where the input fits. */
  readonly problems: readonly string[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A structure's schema says at its end how many of its members, the first ones, are required. */
const requiredOf = (schema: NormalizedSchema): number => {
  const raw: unknown = schema.getSchema();
  const count: unknown = Array.isArray(raw) ? raw[6] : undefined;
  return typeof count === 'number' ? count : 0;
};

class Reader {
  readonly problems: string[] = [];

  read(schema: NormalizedSchema, value: unknown, path: string): unknown {
    if (schema.isStructSchema()) return this.readStructure(schema, value, path);
    if (schema.isListSchema()) return this.readList(schema, value, path);
    if (schema.isMapSchema()) return this.readMap(schema, value, path);
    if (schema.isTimestampSchema()) return this.readTime(value, path);
    if (schema.isBlobSchema()) return this.readBlob(value, path);
    if (schema.isBooleanSchema()) return this.readPlain('boolean', value, path);
    if (schema.isNumericSchema()) return this.readPlain('number', value, path);
    if (schema.isStringSchema()) return this.readPlain('string', value, path);
    return value;
  }

  private expected(what: string, path: string): undefined {
    this.problems.push(`${path === '' ? 'The input' : path} must be ${what}.`);
    return undefined;
  }

  private readStructure(schema: NormalizedSchema, value: unknown, path: string): unknown {
    if (!isObject(value)) return this.expected('an object', path);
    const members = [...schema.structIterator()];
    const names = members.map(([name]) => name);
    const at = (name: string) => (path === '' ? name : `${path}.${name}`);
    for (const name of Object.keys(value))
      if (!names.includes(name))
        this.problems.push(
          `${at(name)} is unknown${names.length === 0 ? ': there is nothing to tell' : `; known are ${names.join(', ')}`}.`,
        );
    for (const name of names.slice(0, requiredOf(schema)))
      if (value[name] === undefined) this.problems.push(`${at(name)} is missing.`);
    return Object.fromEntries(
      members.flatMap(([name, member]) =>
        value[name] === undefined ? [] : [[name, this.read(member, value[name], at(name))]],
      ),
    );
  }

  private readList(schema: NormalizedSchema, value: unknown, path: string): unknown {
    if (!Array.isArray(value)) return this.expected('a list', path);
    const member = schema.getValueSchema();
    return value.map((one, index) => this.read(member, one, `${path}[${String(index)}]`));
  }

  private readMap(schema: NormalizedSchema, value: unknown, path: string): unknown {
    if (!isObject(value)) return this.expected('an object', path);
    const member = schema.getValueSchema();
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, this.read(member, one, `${path}.${name}`)]),
    );
  }

  private readTime(value: unknown, path: string): unknown {
    const at = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
    return Number.isFinite(at)
      ? new Date(at)
      : this.expected('an instant such as 2026-11-22T08:00:00Z', path);
  }

  private readBlob(value: unknown, path: string): unknown {
    return typeof value === 'string'
      ? new Uint8Array(Buffer.from(value, 'base64'))
      : this.expected('text in base64', path);
  }

  private readPlain(type: 'boolean' | 'number' | 'string', value: unknown, path: string): unknown {
    const article = { boolean: 'true or false', number: 'a number', string: 'text' }[type];
    return typeof value === type ? value : this.expected(article, path);
  }
}

/** @param schema of the action's input, as the SDK's command has it */
export const readInput = (schema: SchemaRef, json: unknown): ReadInput => {
  const reader = new Reader();
  const normalized = NormalizedSchema.of(schema);
  // An action without input has the unit as its schema.
  const input = normalized.isUnitSchema() ? {} : reader.read(normalized, json, '');
  return { input, problems: reader.problems };
};
