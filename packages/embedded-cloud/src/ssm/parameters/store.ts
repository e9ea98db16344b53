import { createHash } from 'node:crypto';
import type { Parameter, PutParameterCommandInput } from '@aws-sdk/client-ssm';
import { AwsError } from '../../core/errors';
import type { Region } from '../../core/service';
import { stateOf } from '../agents';
import type { ParameterVersion, StoredParameter } from '../state';

/** AWS: 4 KB in the standard tier, 8 KB in the advanced one. */
const standardBytes = 4096;
const advancedBytes = 8192;
/** AWS: 100 versions per parameter. A new version removes the oldest, unless that has a label. */
const maxVersions = 100;

const refuse = (message: string) => new AwsError('ValidationException', message);

/** A parameter's ARN has one slash before the name, even if the name begins with one. */
export const parameterArn = (region: Region, name: string): string =>
  name.startsWith('arn:') ? name : region.arn('ssm', `parameter/${name.replace(/^\//, '')}`);

/** AWS: up to 15 levels, 1,011 characters with the ARN, and no name that begins with aws or ssm. */
const checkName = (name: string) => {
  if (!/^[\w.\-/]{1,1011}$/.test(name))
    throw refuse(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of ' +
        'sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the ' +
        'following 3 symbols .-_',
    );
  if (/^\/?(aws|ssm)/i.test(name))
    throw refuse(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`);
  if (name.includes('/') && !name.startsWith('/'))
    throw refuse('Parameter name must be a fully qualified name.');
  if (name.split('/').length - 1 > 15)
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      'A hierarchy can have a maximum of 15 levels.',
    );
};

const tierFor = (wanted: string | undefined, bytes: number, before: ParameterVersion | undefined) => {
  const tier =
    wanted === 'Advanced' || (wanted === 'Intelligent-Tiering' && bytes > standardBytes)
      ? 'Advanced'
      : wanted === undefined || wanted === 'Intelligent-Tiering'
        ? (before?.tier ?? 'Standard')
        : 'Standard';
  const most = tier === 'Standard' ? standardBytes : advancedBytes;
  if (bytes > most)
    throw refuse(
      `${tier} tier parameters support a maximum parameter value of ${String(most)} characters.` +
        (tier === 'Standard'
          ? ' To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.'
          : ''),
    );
  if (before?.tier === 'Advanced' && wanted === 'Standard')
    throw refuse("Advanced parameters can't be downgraded to the standard-parameter tier.");
  return tier;
};

/** API reference of PutParameter, Value. Of all types: a SecureString is checked before it is encrypted. */
const nested = /\{\{[^]*\}\}/;

const checkValue = (value: string, type: string, pattern: string | undefined) => {
  if (value === '')
    throw refuse(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 1',
    );
  if (nested.test(value))
    throw refuse(`Parameter value can't nest another parameter. Do not use "{{}}" in the value.`);
  if (!['String', 'StringList', 'SecureString'].includes(type))
    throw new AwsError('UnsupportedParameterType', `The parameter type ${type} is not supported.`);
  if (pattern !== undefined && !new RegExp(pattern).test(value))
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
};

/** An image's parameter holds the id of an AMI; whether it exists is found out later. */
const checkDataType = (dataType = 'text', value: string): string => {
  if (!['text', 'aws:ec2:image', 'aws:ssm:integration'].includes(dataType))
    throw refuse(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  if (dataType === 'aws:ec2:image' && !/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(value))
    throw refuse(`The parameter value ${value} is not a valid AMI ID for the data type ${dataType}.`);
  return dataType;
};

/** Removes the oldest version if there are 100. @throws ParameterMaxVersionLimitExceeded */
const withRoom = (name: string, versions: readonly ParameterVersion[]): readonly ParameterVersion[] => {
  if (versions.length < maxVersions) return versions;
  const [oldest, ...others] = versions;
  if (oldest && oldest.labels.length > 0)
    throw new AwsError(
      'ParameterMaxVersionLimitExceeded',
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. ` +
        `Version ${String(oldest.version)}, the oldest version, can't be deleted because it has a label associated with it.`,
    );
  return others;
};

/**
 * Creates a parameter or its next version.
 * @throws ParameterAlreadyExists, ParameterMaxVersionLimitExceeded, ValidationException, …
 */
export const putParameterIn = (
  region: Region,
  input: PutParameterCommandInput,
  modifiedBy: string,
): ParameterVersion => {
  const { parameters } = stateOf(region);
  const name = input.Name ?? '';
  checkName(name);
  const stored = parameters[name];
  const before = stored?.versions.at(-1);
  if (stored && !input.Overwrite)
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  if (stored && input.Tags?.length)
    throw refuse("Invalid request: tags and overwrite can't be used together.");
  const type = input.Type ?? before?.type;
  if (type === undefined) throw refuse('A parameter type is required when you create a parameter.');
  const value = input.Value ?? '';
  checkValue(value, type, input.AllowedPattern);
  const dataType = checkDataType(input.DataType ?? before?.dataType, value);
  const version: ParameterVersion = {
    version: (before?.version ?? 0) + 1,
    value,
    type,
    tier: tierFor(input.Tier, Buffer.byteLength(value), before),
    modifiedAt: region.now(),
    modifiedBy,
    ...(input.Description !== undefined && { description: input.Description }),
    ...(type === 'SecureString' && { keyId: input.KeyId ?? 'alias/aws/ssm' }),
    ...(input.AllowedPattern !== undefined && { allowedPattern: input.AllowedPattern }),
    ...(dataType !== 'text' && { dataType }),
    labels: [],
  };
  const tags = (input.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']);
  parameters[name] = {
    name,
    versions: [...withRoom(name, stored?.versions ?? []), version],
    tags: stored?.tags ?? (Object.fromEntries(tags) as Record<string, string>),
  };
  return version;
};

const notFound = (name: string) => new AwsError('ParameterNotFound', `Parameter ${name} not found.`);

/** `name`, `name:3` or `name:label`, or an ARN. */
export const splitName = (wanted: string): { name: string; selector: string | undefined } => {
  const plain = wanted.startsWith('arn:') ? wanted.slice(wanted.indexOf(':parameter/') + 10) : wanted;
  const at = plain.indexOf(':');
  return at === -1
    ? { name: plain, selector: undefined }
    : { name: plain.slice(0, at), selector: plain.slice(at + 1) };
};

/** @throws ParameterNotFound, ParameterVersionNotFound */
export const findParameter = (region: Region, wanted: string) => {
  const { name, selector } = splitName(wanted);
  const { parameters } = stateOf(region);
  // An ARN does not show whether the name begins with a slash.
  const stored = parameters[name] ?? parameters[name.replace(/^\//, '')];
  const latest = stored?.versions.at(-1);
  if (!stored || !latest) throw notFound(name);
  const version =
    selector === undefined
      ? latest
      : stored.versions.find((one) => String(one.version) === selector || one.labels.includes(selector));
  if (!version)
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${String(selector)} of ${name}. Verify the version and try again.`,
    );
  return { stored, version, selector };
};

/** The value of a SecureString that is read without decryption. */
const sealed = (region: Region, value: string) =>
  `AQICAH${createHash('sha256').update(`${region.account}/${value}`).digest('base64')}`;

export const describeParameter = (
  region: Region,
  { name }: StoredParameter,
  version: ParameterVersion,
  decrypt: boolean,
  selector?: string,
): Parameter => ({
  Name: name,
  Type: version.type,
  Value: version.type === 'SecureString' && !decrypt ? sealed(region, version.value) : version.value,
  Version: version.version,
  ...(selector !== undefined && { Selector: `:${selector}` }),
  LastModifiedDate: new Date(version.modifiedAt),
  ARN: parameterArn(region, name),
  DataType: version.dataType ?? 'text',
});
