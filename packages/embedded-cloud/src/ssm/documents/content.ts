import { parse } from 'yaml';
import { AwsError } from '../../core/errors';

export interface ParameterDefinition {
  readonly type: 'String' | 'StringList' | 'Integer' | 'Boolean' | 'MapList' | 'StringMap';
  readonly description?: string;
  readonly default?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly allowedPattern?: string;
  readonly minChars?: number;
  readonly maxChars?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Step {
  readonly action: string;
  readonly name: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** The parts of a command document that are used here. */
export interface Content {
  readonly schemaVersion: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, ParameterDefinition>>;
  readonly mainSteps?: readonly Step[];
  readonly runtimeConfig?: Readonly<Record<string, { properties: readonly Record<string, unknown>[] }>>;
}

const refuse = (message: string) => new AwsError('InvalidDocumentContent', message);

/** Parameter names that work as `{{ name }}` and as environment variables (ENV_VAR interpolation). */
const parameterName = /^[a-zA-Z0-9]{1,255}$|^[a-zA-Z_][a-zA-Z0-9_]{0,254}$/;

/** Caches parsed documents by their text, since each command reads its document several times. */
const read = new Map<string, Content>();
const maxRead = 100;

/** Parses a document. @throws InvalidDocumentContent if CreateDocument would refuse it */
export const readContent = (text: string): Content => {
  const known = read.get(text);
  if (known) return known;
  const content = parseContent(text);
  if (read.size < maxRead) read.set(text, content);
  return content;
};

const parseContent = (text: string): Content => {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw refuse(`Document content is neither JSON nor YAML: ${error instanceof Error ? error.message : ''}`);
  }
  if (typeof content !== 'object' || content === null) throw refuse('JSON not well-formed. ');
  const { schemaVersion, mainSteps, runtimeConfig, parameters } = content as Partial<Content>;
  if (!['1.2', '2.0', '2.2'].includes(String(schemaVersion)))
    throw refuse(`Unsupported document schema version: ${String(schemaVersion)}`);
  if (!mainSteps?.length && !runtimeConfig) throw refuse('Document has no steps.');
  const names = (mainSteps ?? []).map(({ name }) => name);
  if (new Set(names).size < names.length) throw refuse('Step names must be unique.');
  const wrong = Object.keys(parameters ?? {}).find((name) => !parameterName.test(name));
  if (wrong !== undefined) throw refuse(`Invalid parameter name: ${wrong}`);
  checkReferences(content as Content);
  return content as Content;
};

/** Each `{{ name }}` in the steps must be a parameter, except AWS's own, such as `global:` and `platformType`. */
const checkReferences = ({ parameters, mainSteps, runtimeConfig }: Content) => {
  const text = JSON.stringify([mainSteps, runtimeConfig]);
  for (const [, name = ''] of text.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g))
    if (!(name in (parameters ?? {})) && name !== 'platformType')
      throw refuse(`Parameter {{ ${name} }} is used and not defined.`);
};

/** AWS's default if the document has none. */
const usualTimeoutSeconds = 3600;

/** The longest execution timeout of the document's steps, with its parameters filled in. */
export const executionTimeoutSeconds = (
  content: Content,
  parameters: Readonly<Record<string, readonly string[]>>,
): number => {
  const inputs = [
    ...(content.mainSteps ?? []).map((step) => step.inputs ?? {}),
    ...Object.values(content.runtimeConfig ?? {}).flatMap(({ properties }) => properties),
  ];
  const stated = inputs.flatMap(({ timeoutSeconds }) => {
    if (typeof timeoutSeconds === 'number') return [timeoutSeconds];
    if (typeof timeoutSeconds !== 'string') return [];
    const [, name] = /^\{\{\s*(\w+)\s*\}\}$/.exec(timeoutSeconds) ?? [];
    const value =
      name === undefined ? timeoutSeconds : (parameters[name]?.[0] ?? content.parameters?.[name]?.default);
    return [Number(value)];
  });
  const known = stated.filter((seconds) => Number.isFinite(seconds) && seconds > 0);
  return known.length > 0 ? Math.max(...known) : usualTimeoutSeconds;
};

/** The names of the steps, which an invocation lists as its plugins. */
export const pluginsOf = (content: Content): { name: string; action: string }[] =>
  content.mainSteps?.map(({ name, action }) => ({ name, action })) ??
  Object.keys(content.runtimeConfig ?? {}).map((action) => ({ name: action, action }));
