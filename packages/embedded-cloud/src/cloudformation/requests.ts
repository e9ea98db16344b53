/** What CloudFormation refuses before it does anything, in its own words. */
import type { Parameter } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import type { CloudFormationTemplate } from '../template/compiled';
import { parameterProblems } from '../template/parameters';
import type { Parameters, StackState } from './state';

/** docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const limits = { bodyBytes: 51_200, urlBytes: 1_000_000, resources: 500, parameters: 200 };

export const validationError = (message: string): AwsError => new AwsError('ValidationError', message);

const parse = (text: string): CloudFormationTemplate => {
  try {
    return JSON.parse(text) as CloudFormationTemplate;
  } catch {
    throw validationError('Template format error: JSON not well-formed.');
  }
};

/** `https://s3.REGION.amazonaws.com/BUCKET/KEY` or `https://BUCKET.s3.REGION.amazonaws.com/KEY` */
const locationOf = (address: string): { readonly bucket: string; readonly key: string } => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const [, bucketInHost] = /^(.+)\.s3[.-]/.exec(url?.hostname ?? '') ?? [];
  const [first = '', ...rest] = decodeURIComponent(url?.pathname.slice(1) ?? '').split('/');
  const found =
    bucketInHost === undefined
      ? { bucket: first, key: rest.join('/') }
      : { bucket: bucketInHost, key: [first, ...rest].join('/') };
  if (!/(^|\.)s3[.-]/.test(url?.hostname ?? '') || found.key === '')
    throw validationError('TemplateURL must be a supported URL.');
  return found;
};

/** @throws AwsError ValidationError */
export const templateOf = (
  {
    TemplateBody: body,
    TemplateURL: address,
  }: { TemplateBody?: string | undefined; TemplateURL?: string | undefined },
  region: Region,
): CloudFormationTemplate => {
  if ((body === undefined) === (address === undefined))
    throw validationError('Either Template URL or Template Body must be specified.');
  if (body !== undefined && Buffer.byteLength(body) > limits.bodyBytes)
    throw validationError(
      `1 validation error detected: Value '${body.slice(0, 20)}…' at 'templateBody' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${String(limits.bodyBytes)}`,
    );
  const { bucket, key } = address === undefined ? { bucket: '', key: '' } : locationOf(address);
  const stored = address === undefined ? undefined : region.service('s3').object(bucket, key);
  if (address !== undefined && !stored)
    throw validationError(
      'S3 error: The specified key does not exist.\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
    );
  if ((stored?.size ?? 0) > limits.urlBytes)
    throw validationError(`Template may not exceed ${String(limits.urlBytes)} bytes in size.`);
  const template = parse(body ?? stored?.text ?? '');
  const resources = Object.keys(template.Resources ?? {}).length;
  if (resources === 0)
    throw validationError('Template format error: At least one Resources member must be defined.');
  if (resources > limits.resources)
    throw validationError(
      `Template format error: Number of resources, ${String(resources)}, is greater than maximum allowed, ${String(limits.resources)}`,
    );
  if (Object.keys(template.Parameters ?? {}).length > limits.parameters)
    throw validationError('Template format error: Number of parameters is greater than maximum allowed, 200');
  return template;
};

/** @param before the stack's present ones, for those that keep their value */
export const parametersOf = (
  template: CloudFormationTemplate,
  given: readonly Parameter[] = [],
  before: Parameters = {},
): Parameters => {
  const values = Object.fromEntries(
    given.flatMap(({ ParameterKey: key = '', ParameterValue: value, UsePreviousValue: keeps }) => {
      const found = keeps === true ? before[key] : value;
      return found === undefined ? [] : [[key, found]];
    }),
  );
  const [problem] = parameterProblems(template.Parameters ?? {}, values);
  if (problem !== undefined) throw validationError(problem);
  const defaults = Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [
    name,
    values[name] ?? String(Default),
  ]);
  return Object.fromEntries(defaults) as Parameters;
};

/** Roles with a name of their own need the second. @throws AwsError InsufficientCapabilitiesException */
export const checkCapabilities = (
  { Resources }: CloudFormationTemplate,
  capabilities: readonly string[],
): void => {
  const roles = Object.values(Resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'));
  const isNamed = roles.some(({ Properties }) => Properties?.RoleName !== undefined);
  const needed = isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
  if (roles.length === 0 || capabilities.includes('CAPABILITY_NAMED_IAM') || capabilities.includes(needed))
    return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);
};

const updatable = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;

/** @throws AwsError ValidationError where the stack can take no update now */
export const checkUpdatable = ({ id, status }: StackState): void => {
  if (!updatable.test(status))
    throw validationError(`Stack:${id} is in ${status} state and can not be updated.`);
};
