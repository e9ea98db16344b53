import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersCommand,
  paginateGetParametersByPath,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { jsonLiteral } from '../aws/jsonLiteral';
import { InvalidSettings, UnknownApplication } from './problems';
import type { ApplicationInput, SettingsInput } from './parse';
import type { Found } from './explain';
import { relations } from './relations';
import { type ApplicationSettings, applicationSchema, type Settings } from './schema';

export interface StoredSettings {
  readonly settings: ApplicationSettings;
  /** Parameter Store's own version, raised by one with each change. */
  readonly version: number;
}

export interface Applied {
  readonly application: string;
  readonly change: 'created' | 'changed' | 'unchanged';
  readonly version: number;
}

/** Parameter Store's limit for one parameter, in bytes (advanced tier). */
const maxBytes = 8_192;
/** GetParameters takes at most ten names. */
const batch = 10;

/** @param prefix a path such as `/forseti/production/applications`, without a slash at its end. */
export const parameterName = (prefix: string, application: string): string => `${prefix}/${application}`;

const applicationOf = (prefix: string, name: string): string => name.slice(prefix.length + 1);

/** With sorted keys, since another order of the keys is no change. */
const canonical = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(canonical)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, canonical(inner)]),
        )
      : value;

const written = (application: string, input: ApplicationInput): string => {
  const text = jsonLiteral(canonical(input));
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  const message = `takes ${String(bytes)} bytes; Parameter Store holds ${String(maxBytes)} at most, shorten its lists`;
  throw new InvalidSettings('the settings', [
    { path: `applications.${application}`, line: 0, column: 0, message },
  ]);
};

const standing = async (
  ssm: SSMClient,
  names: readonly string[],
): Promise<Map<string, { text: string; version: number }>> => {
  const found = new Map<string, { text: string; version: number }>();
  for (let start = 0; start < names.length; start += batch) {
    const { Parameters: parameters = [] } = await ssm.send(
      new GetParametersCommand({ Names: names.slice(start, start + batch) }),
    );
    for (const { Name: name = '', Value: text = '', Version: version = 0 } of parameters)
      found.set(name, { text, version });
  }
  return found;
};

/**
 * Writes each application's settings to a parameter of its own. They are stored as a person wrote them, so a default
 * that changes later applies to them. Unchanged settings are not written. If one of them is too large, nothing is
 * written.
 */
export const storeSettings = async (
  ssm: SSMClient,
  prefix: string,
  settings: SettingsInput,
): Promise<Applied[]> => {
  const wanted = Object.entries(settings.applications).map(([application, input]) => ({
    application,
    name: parameterName(prefix, application),
    text: written(application, input),
  }));
  const before = await standing(
    ssm,
    wanted.map(({ name }) => name),
  );
  const applied: Applied[] = [];
  for (const { application, name, text } of wanted) {
    const old = before.get(name);
    if (old?.text === text) {
      applied.push({ application, change: 'unchanged', version: old.version });
      continue;
    }
    const { Version: version = 0 } = await ssm.send(
      new PutParameterCommand({
        Name: name,
        Value: text,
        Type: 'String',
        Tier: 'Intelligent-Tiering',
        Overwrite: true,
        Description: `Settings of the application ${application}, written by "forseti apply".`,
      }),
    );
    applied.push({ application, change: old ? 'changed' : 'created', version });
  }
  return applied;
};

/**
 * Applications that are stored but not named in a settings file. They may have been dropped from it, or it is one file
 * of several.
 */
export const strangers = async (ssm: SSMClient, prefix: string, settings: SettingsInput): Promise<string[]> =>
  (await listApplications(ssm, prefix)).filter((application) => !(application in settings.applications));

/** Removes an application's settings, so that Forseti does not know it any more. Its group and its releases stay. */
export const removeSettings = async (ssm: SSMClient, prefix: string, application: string): Promise<void> => {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: parameterName(prefix, application) }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
};

/** What is checked beside the schema. */
export type SettingsCheck = (settings: Settings) => readonly Found[];

const parsed = (
  application: string,
  text: string,
  version: number,
  check: SettingsCheck = relations,
): StoredSettings => {
  const fileName = `the stored settings of ${application} (version ${String(version)})`;
  const wrong = (problems: readonly { path: readonly PropertyKey[]; message: string }[]) =>
    new InvalidSettings(
      fileName,
      problems.map(({ path, message }) => ({
        path: path.map(String).join('.'),
        line: 0,
        column: 0,
        message,
      })),
    );
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw wrong([{ path: [], message: 'is not JSON; write it with "forseti apply", not by hand' }]);
  }
  const result = applicationSchema.safeParse(data);
  if (!result.success) throw wrong(result.error.issues);
  const found = check({ applications: { [application]: result.data } });
  if (found.length > 0) throw wrong(found.map(({ path, message }) => ({ path: path.slice(2), message })));
  return { settings: result.data, version };
};

/** Names of all applications that have settings, sorted. */
export const listApplications = async (ssm: SSMClient, prefix: string): Promise<string[]> => {
  const names: string[] = [];
  for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: prefix }))
    names.push(...(page.Parameters ?? []).map(({ Name: name = '' }) => applicationOf(prefix, name)));
  return names.sort();
};

/**
 * One application's settings, defaults filled in.
 * @throws UnknownApplication, which lists the known ones; InvalidSettings if a person changed the parameter by hand.
 */
export const readSettings = async (
  ssm: SSMClient,
  prefix: string,
  application: string,
  check?: SettingsCheck,
): Promise<StoredSettings> => {
  try {
    const { Parameter: parameter } = await ssm.send(
      new GetParameterCommand({ Name: parameterName(prefix, application) }),
    );
    return parsed(application, parameter?.Value ?? '', parameter?.Version ?? 0, check);
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
    throw new UnknownApplication(application, await listApplications(ssm, prefix));
  }
};

/**
 * All applications' settings by name. Those that cannot be read are listed apart, so that one does not block the
 * others.
 *
 * @param check who matches tags asks for more than {@link relations}.
 */
export const readAllSettings = async (
  ssm: SSMClient,
  prefix: string,
  check?: SettingsCheck,
): Promise<{
  readonly settings: Settings;
  readonly invalid: readonly InvalidSettings[];
}> => {
  const applications: Settings['applications'] = {};
  const invalid: InvalidSettings[] = [];
  for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: prefix }))
    for (const { Name: name = '', Value: text = '', Version: version = 0 } of page.Parameters ?? []) {
      const application = applicationOf(prefix, name);
      try {
        applications[application] = parsed(application, text, version, check).settings;
      } catch (error) {
        if (!(error instanceof InvalidSettings)) throw error;
        invalid.push(error);
      }
    }
  return { settings: { applications }, invalid };
};
