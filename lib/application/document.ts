import { type Document, isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import * as z from 'zod';
import { explain, type Found, type Path } from './explain';
import { type JsonSchema, knownKeys } from './jsonSchema';
import { InvalidSettings, type Problem } from './problems';

/** A file's content as it was written, and with its defaults filled in. */
export interface Parsed<Schema extends z.ZodType> {
  readonly value: z.output<Schema>;
  readonly input: z.input<Schema>;
}

const written = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${String(key)}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];

/** The offset of the key of a path's last element. */
const keyAt = (document: Document, path: Path): number | undefined => {
  const parent: unknown = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  return startOf(pair?.key);
};

/** The offset that shows a problem best: that of the value or, if it is missing, of the key that should hold it. */
const offsetOf = (document: Document, { path, atKey }: Found): number => {
  if (atKey) return keyAt(document, path) ?? 0;
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const node = document.getIn(part, true);
    if (length === path.length && node && !isCollection(node)) return startOf(node) ?? 0;
    const offset = keyAt(document, part) ?? startOf(node);
    if (offset !== undefined) return offset;
  }
  return startOf(document.contents) ?? 0;
};

const duplicateKey = 'DUPLICATE_KEY';

const syntaxProblems = (document: Document, lines: LineCounter): Problem[] =>
  document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    const message =
      error.code === duplicateKey ? 'this key stands twice in the same map; remove one' : error.message;
    return { path: '', line: Math.max(1, line), column: Math.max(1, col), message };
  });

const dataOf = (document: Document, fileName: string): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    // Too many aliases for the YAML library's limit, or an alias without an anchor.
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidSettings(fileName, [{ path: '', line: 1, column: 1, message }]);
  }
};

/**
 * Parses YAML (and so JSON) by a schema and reports all problems together.
 * @param check what the schema cannot express: relations between its fields. Runs only if the schema accepts the data.
 * @throws InvalidSettings
 */
export const parseFile = <Schema extends z.ZodType>(
  text: string,
  fileName: string,
  schema: Schema,
  check: (value: z.output<Schema>) => readonly Found[] = () => [],
): Parsed<Schema> => {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const syntax = syntaxProblems(document, lines);
  if (document.errors.some((error) => error.code !== duplicateKey))
    throw new InvalidSettings(fileName, syntax);
  const input = dataOf(document, fileName);
  const result = schema.safeParse(input);
  const found = result.success
    ? check(result.data)
    : explain(result.error.issues, input, knownKeys(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema));
  const problems = found.map((one): Problem => {
    const { line, col } = lines.linePos(offsetOf(document, one));
    return {
      path: written(one.path),
      line: Math.max(1, line),
      column: Math.max(1, col),
      message: one.message,
    };
  });
  const all = [...syntax, ...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  if (all.length > 0 || !result.success) throw new InvalidSettings(fileName, all);
  return { value: result.data, input: input as z.input<Schema> };
};
